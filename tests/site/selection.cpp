#include "site/selection.hpp"

#include <array>

namespace standin {
namespace {

bool is_main_weights(std::string_view type) {
  return type == "Model" || type == "Pruned Model" || type == "Diffusion Model" || type == "UNet";
}

struct Trait {
  std::string File::*stated;
  std::optional<std::string> Wishes::*wished;
  std::string_view otherwise;  // what an account without preferences gets
  double weight;
};

constexpr std::array<Trait, 4> traits = {{{&File::format, &Wishes::format, "SafeTensor", 100},
                                          {&File::size_class, &Wishes::size_class, "pruned", 10},
                                          {&File::precision, &Wishes::precision, "fp16", 1},
                                          {&File::quantisation, &Wishes::quantisation, "Q4_K_M", 0.5}}};

double score(const File& file, const Wishes& wishes) {
  double total = is_main_weights(file.type) ? 2000 : 1000;
  for (const Trait& trait : traits) {
    const std::string& stated = file.*trait.stated;
    if (stated.empty()) continue;
    const auto& wished = wishes.*trait.wished;
    total += stated == (wished ? std::string_view(*wished) : trait.otherwise) ? trait.weight : -trait.weight;
  }
  return total;
}

}  // namespace

const File* select_file(const Version& version, const Wishes& wishes) {
  const File* best = nullptr;
  double best_score = 0;
  for (const File& file : version.files) {
    if (!file.visible || (wishes.type && file.type != *wishes.type)) continue;
    if (file.linked && !wishes.type) continue;
    const double points = score(file, wishes);
    if (best == nullptr || points > best_score) {
      best = &file;
      best_score = points;
    }
  }
  return best;
}

bool contradicts(const File& file, const Wishes& wishes) {
  for (const Trait& trait : traits) {
    const auto& wished = wishes.*trait.wished;
    const std::string& stated = file.*trait.stated;
    if (wished && !stated.empty() && stated != *wished) return true;
  }
  return false;
}

}  // namespace standin
