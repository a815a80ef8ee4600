#include "cli/db_export_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "config/criteria.hpp"
#include "engine/export.hpp"

#include <span>
#include <system_error>

namespace civitai::cli {
namespace {

using config::OptionId;

// A new file that appears whole, or not at all.
class NewFile {
 public:
  NewFile(os::FileSystem& files, os::Path path) : files_(files), path_(std::move(path)), draft_(path_) {
    draft_ += ".tmp";
  }
  ~NewFile() {
    if (handle_) static_cast<void>(files_.remove(draft_));
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  Status open() {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path_, ignored))) {
      return fail(ErrorKind::usage, format("{} exists already", printable(path_.native())), "name a new file");
    }
    if (auto made = os::make_directories(files_, path_.parent_path()); !made) return made;
    std::filesystem::remove(draft_, ignored);  // of an export that was killed
    auto handle = files_.open(draft_, os::OpenMode::write_new);
    if (!handle) return fail(handle.error());
    handle_ = std::move(*handle);
    return {};
  }

  Status write(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    if (auto done = files_.write_at(handle_, draft_, written_, bytes); !done) return done;
    written_ += bytes.size();
    return {};
  }

  Status finish() {
    if (auto done = files_.flush(handle_, draft_); !done) return done;
    if (auto done = files_.rename(draft_, path_, os::FileSystem::Replace::no); !done) return done;
    handle_ = {};
    return files_.flush_directory(path_.parent_path());
  }

 private:
  os::FileSystem& files_;
  os::Path path_;
  os::Path draft_;
  os::FileHandle handle_;
  std::uint64_t written_ = 0;
};

class Export {
 public:
  explicit Export(const Program& program) : program_(program), format_(program.settings.text(OptionId::export_format)) {
    const bool screen = program.words.empty() || program.words.front() == "-";
    if (!screen) target_ = std::filesystem::absolute(program.words.front()).lexically_normal();
    if (!target_.has_filename()) target_ = target_.parent_path();
  }

  ExitCode run() {
    const auto count = write_out();
    if (!count) {
      program_.screen.error(count.error());
      return exit_code_of(count.error().kind);
    }
    if (!target_.empty()) {
      const std::string images = count->images > 0 ? format(" and {}", counted(count->images, "image")) : "";
      program_.log.info("{}{} written to {}", counted(count->entries, "entry", "entries"), images, target_.native());
    }
    return ExitCode::done;
  }

 private:
  Result<engine::Exported> write_out() {
    if (format_ == "bitcask" && target_.empty()) {
      return fail(ErrorKind::usage, "a Bitcask export needs a directory to be made",
                  "civitai-downloader db export --format bitcask DIR");
    }
    auto desk = store::TransferDesk::open(std::filesystem::absolute(config::database_path(program_.settings)),
                                          store::Library::Mode::read_only);
    if (!desk) return fail(desk.error());
    if (format_ == "bitcask") {
      const auto root = std::filesystem::absolute(config::save_path(program_.settings)).lexically_normal();
      return engine::export_bitcask(*desk, files_, target_, root, program_.stop);
    }
    if (target_.empty()) {
      return write_text(*desk, [this](std::string_view text) {
        program_.screen.data(text);
        return Status{};
      });
    }
    NewFile file(files_, target_);
    if (auto opened = file.open(); !opened) return fail(opened.error());
    auto count = write_text(*desk, [&](std::string_view text) { return file.write(text); });
    if (!count) return count;
    if (auto finished = file.finish(); !finished) return fail(finished.error());
    return count;
  }

  Result<engine::Exported> write_text(store::TransferDesk& desk, const engine::Write& write) {
    return format_ == "csv" ? engine::export_csv(desk, write, program_.stop)
                            : engine::export_json(desk, write, program_.clock.now(), program_.stop);
  }

  const Program& program_;
  std::string format_;
  os::Path target_;  // empty: standard output
  os::RealFileSystem files_;
};

}  // namespace

ExitCode run_db_export(const Program& program) { return Export(program).run(); }

}  // namespace civitai::cli
