#include "engine/torrents.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "engine/check.hpp"
#include "os/publish.hpp"
#include "torrent/summary.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace civitai::engine {
namespace {

using Outcome = TorrentItem::Outcome;

os::Path with_ending(os::Path path, std::string_view suffix) {
  path += suffix;
  return path;
}

bool is_taken(const os::Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

// Reads the file and judges it by the strongest hash that is known of it.
Status prove(const LibraryEntry& entry, const std::function<void(ByteCount)>& on_bytes, const std::stop_token& stop) {
  os::RealFileSystem files;
  const auto check = check_file({entry, true, Depth::hash}, files, on_bytes, stop);
  if (!check) return fail(check.error());
  if (check->state == FileState::proven) return {};
  const std::string why = check->detail.empty() ? std::string(to_string(check->state)) : check->detail;
  return fail(ErrorKind::verification, format("{} is not what was downloaded: {}", entry.path, why),
              "`db verify` downloads again what is wrong");
}

class Maker {
 public:
  Maker(const std::vector<TorrentUnit>& units, const LibraryFolders& folders, const TorrentPolicy& policy,
        const TorrentListener& listener, std::stop_token stop)
      : units_(units),
        folders_(folders),
        policy_(policy),
        listener_(listener),
        outside_(std::move(stop)),
        turns_(std::thread::hardware_concurrency()) {
    report_.items.resize(units.size());
  }

  TorrentReport run() {
    const std::stop_callback forward(outside_, [this] { inside_.request_stop(); });
    {
      std::vector<std::jthread> workers;
      const auto wanted = std::min<std::size_t>(static_cast<std::size_t>(policy_.concurrency), units_.size());
      for (std::size_t i = 0; i < wanted; ++i) workers.emplace_back([this] { work(); });
    }
    report_.stopped_by = full_disk_.read([](const auto& error) { return error; });
    if (outside_.stop_requested()) report_.stopped_by = Error{ErrorKind::cancelled, "interrupted", {}};
    return std::move(report_);
  }

 private:
  void work() {
    while (!inside_.stop_requested()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= units_.size()) return;
      listener_.on_start(index);
      TorrentItem& item = report_.items[index];  // of this thread alone
      if (auto status = make_one(units_[index], item); !status) {
        const bool cancelled = status.error().kind == ErrorKind::cancelled;
        item.outcome = cancelled ? Outcome::not_started : Outcome::failed;
        item.error = cancelled ? std::nullopt : std::optional(status.error());
        if (status.error().kind == ErrorKind::disk_full) end_run(status.error());
      }
      listener_.on_end(index, item);
    }
  }

  void end_run(const Error& error) {
    full_disk_.with([&](std::optional<Error>& why) { why = error; });
    inside_.request_stop();
  }

  Status make_one(const TorrentUnit& unit, TorrentItem& item) {
    auto content = content_of(unit, folders_, policy_.save_path);
    if (!content) return fail(content.error());
    const os::Path folder = policy_.output.value_or(content->folder);
    const std::string stem = policy_.output ? unit.file_stem() : content->stem;
    item.torrent = with_ending(folder / stem, ".torrent");
    item.files = content->files.size();
    if (policy_.magnets == TorrentPolicy::Magnets::write) item.magnet_file = with_ending(folder / stem, "-magnet.txt");
    if (policy_.existing == TorrentPolicy::Existing::keep && is_taken(item.torrent)) return keep(item);
    if (policy_.proof == TorrentPolicy::Proof::hash) {
      for (const LibraryEntry& entry : unit.entries) {
        if (auto status = prove(entry, listener_.on_bytes, inside_.get_token()); !status) return status;
      }
    }
    return hash_and_write(std::move(*content), item);
  }

  // A torrent that exists stays; its magnet link is made from it when it is wanted and not there.
  Status keep(TorrentItem& item) {
    const auto summary = torrent::read_summary(item.torrent);
    if (!summary) return fail({summary.error().kind, summary.error().message, "-f makes it anew"});
    item.outcome = Outcome::kept;
    item.magnet = summary->magnet;
    item.info_hash = summary->info_hash;
    item.info_hash_v2 = summary->info_hash_v2;
    item.size = summary->size;
    item.piece_length = summary->piece_length;
    item.pieces = summary->pieces;
    item.files = summary->files.size();
    if (!item.magnet_file || is_taken(*item.magnet_file)) return {};
    return publish(*item.magnet_file, item.magnet + "\n");
  }

  Status hash_and_write(TorrentContent content, TorrentItem& item) {
    torrent::Recipe recipe = policy_.recipe;
    recipe.form = content.form;
    recipe.name = std::move(content.name);
    recipe.files = std::move(content.files);
    if (recipe.piece_length.value == 0) recipe.piece_length = torrent::piece_length_for(recipe.size());
    auto made = torrent::make(recipe, {turns_, inside_.get_token(), listener_.on_bytes});
    if (!made) return fail(made.error());
    if (auto status = publish(item.torrent, made->content); !status) return status;
    item.magnet = std::move(made->magnet);
    if (item.magnet_file) {
      if (auto status = publish(*item.magnet_file, item.magnet + "\n"); !status) return status;
    }
    item.outcome = Outcome::made;
    item.info_hash = std::move(made->info_hash);
    item.info_hash_v2 = std::move(made->info_hash_v2);
    item.size = recipe.size();
    item.piece_length = recipe.piece_length;
    item.pieces = made->pieces;
    return {};
  }

  static Status publish(const os::Path& path, const std::string& text) {
    os::RealFileSystem files;
    return os::publish_text(files, path, text);
  }

  const std::vector<TorrentUnit>& units_;
  const LibraryFolders& folders_;
  const TorrentPolicy& policy_;
  const TorrentListener& listener_;
  std::stop_token outside_;
  std::stop_source inside_;
  torrent::Turns turns_;
  std::atomic<std::size_t> next_{0};
  Guarded<std::optional<Error>> full_disk_;
  TorrentReport report_;
};

}  // namespace

std::size_t TorrentReport::count(TorrentItem::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const TorrentItem& item) { return item.outcome == outcome; }));
}

TorrentReport make_torrents(const std::vector<TorrentUnit>& units, const LibraryFolders& folders,
                            const TorrentPolicy& policy, const TorrentListener& listener, const std::stop_token& stop) {
  return Maker(units, folders, policy, listener, stop).run();
}

}  // namespace civitai::engine
