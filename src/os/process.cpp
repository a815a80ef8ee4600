#include "os/process.hpp"

namespace civitai::os {

Path program_folder() {
  std::error_code error;
  const Path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? Path() : program.parent_path();
}

}  // namespace civitai::os
