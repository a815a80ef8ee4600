#include "engine/item.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "engine/digest_file.hpp"
#include "os/safe_name.hpp"

#include <array>
#include <utility>

namespace civitai::engine {
namespace {

bool is_web_page_name(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.ends_with(".html") || lower.ends_with(".htm");
}

Result<hash::Digests> digest(const Workshop& shop, std::size_t item, const os::Path& path, hash::Kinds kinds) {
  const ByteCount total = shop.plan.file_of(shop.plan.items[item].place).size.value_or(ByteCount{});
  const auto show = [&](ByteCount done) { shop.tools.observer.on_bytes(item, done, total); };
  return digest_file(path, kinds, shop.tools.files, show, shop.stop);
}

class ItemRun {
 public:
  ItemRun(const Workshop& shop, std::size_t index)
      : shop_(shop),
        tools_(shop.tools),
        index_(index),
        item_(shop.plan.items[index]),
        model_(shop.plan.model_of(item_.place).model),
        version_(shop.plan.version_of(item_.place).version),
        file_(shop.plan.file_of(item_.place)),
        promise_{file_.size, file_.hashes} {}

  Brought run() {
    auto arrived = work();
    return {std::move(arrived), fetched_};
  }

 private:
  Result<Arrived> work() {
    auto found = look_in_place();
    if (!found) return fail(found.error());
    if (*found) return std::move(**found);
    if (auto status = shop_.folders.make(item_.target.parent_path()); !status) return fail(status.error());
    return fetch();
  }

  // Where something else has the name, it stays, and this file gets (or got, in an earlier run) a name of its own.
  Result<std::optional<Arrived>> look_in_place() {
    // What lies there was wrong, but may be what the site means by now.
    if (item_.replaces) return find_at(shop_, index_, promise_, item_.target);
    if (!item_.present) return look_for_late_arrival();
    for (const os::Path& path : {*item_.present, own_path(shop_.plan, index_, item_.target)}) {
      auto found = find_at(shop_, index_, promise_, path);
      if (!found || *found) return found;
    }
    if (auto status = record_pending(); !status) return fail(status.error());
    return std::nullopt;
  }

  // Another run may have brought it since the plan was made.
  Result<std::optional<Arrived>> look_for_late_arrival() {
    const auto entry = shop_.library.find(file_.id);
    if (!entry) return fail(entry.error());
    const bool here = *entry && (*entry)->status == EntryStatus::downloaded;
    return find_at(shop_, index_, promise_, here ? os::Path((*entry)->path) : item_.target);
  }

  Status record_pending() {
    const std::array<store::Record, 1> records = {file_record(shop_, index_, promise_, item_.target)};
    return shop_.library.record_all(records);
  }

  Result<Arrived> fetch() {
    for (const bool last_try : {false, true}) {
      auto transferred = transfer(transfer_job(), tools_, shop_.stop);
      if (!transferred) {
        const bool disputed = transferred.error().kind == ErrorKind::verification;
        if (disputed && !last_try && promise_changed()) continue;
        return fail(transferred.error());
      }
      fetched_ += transferred->fetched;
      auto proven = prove_fetched(*transferred);
      if (proven) return arrived(std::move(*transferred), std::move(*proven));
      if (proven.error().kind != ErrorKind::verification) {
        const auto kept = transferred->partial.keep_whole(transferred->digests.length);
        if (!kept) tools_.log.debug("{}", kept.error().message);
        return fail(proven.error());
      }
      if (auto status = set_aside(*transferred, proven.error()); !status || last_try) {
        return fail(status ? proven.error() : status.error());
      }
      tools_.log.warn("{}: {}; trying once more", printable(file_.name), proven.error().message);
    }
    return fail(ErrorKind::internal, "a file is fetched twice at most");
  }

  TransferJob transfer_job() const {
    return {.item = index_,
            .name = printable(file_.name),
            .identity = format("{}", file_.id.value),
            .promise = promise_,
            .partial = partial_path(item_.target, file_.id),
            .link = [this](const std::stop_token& stop) { return tools_.site.resolve(version_.id, file_, stop); },
            .web_pages = is_web_page_name(file_.name) ? WebPages::are_content : WebPages::are_trouble};
  }

  Arrived arrived(Transferred transferred, Proven proven) const {
    Arrived arrived{.item = index_, .promise = promise_, .proven = std::move(proven)};
    arrived.path = final_path(transferred.server_name);
    arrived.partial = std::move(transferred.partial);
    arrived.fetched = fetched_;
    return arrived;
  }

  // Error of kind verification when the bytes are refuted.
  Result<Proven> prove_fetched(const Transferred& transferred) {
    tools_.observer.on_phase(index_, Phase::verifying);
    const Digest more = [&](hash::Kinds kinds) { return digest(shop_, index_, transferred.partial.path(), kinds); };
    const auto prove_it = [&] { return prove(promise_, transferred.digests, transferred.computed, more); };
    auto proven = prove_it();
    if (!proven && proven.error().kind == ErrorKind::verification) {
      // The site may have replaced the file since the scan: what it says now may be what we hold.
      if (promise_changed()) proven = prove_it();
      if (shop_.stop.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    }
    return proven;
  }

  Status set_aside(Transferred& transferred, Error& why) const {
    const os::Path rejected = rejected_path(item_.target, file_.id);
    if (auto aside = transferred.partial.set_aside(rejected); !aside) return aside;
    why.hint = format("the bytes are kept for inspection in {}", rejected.string());
    return {};
  }

  // Asks the site again what the file should be. true when it says something else than before that proves as much.
  bool promise_changed() {
    const auto fresh = tools_.site.version(version_.id, shop_.stop);
    if (!fresh) return false;
    for (const ModelFile& file : fresh->versions.front().files) {
      const Promise now{file.size ? file.size : promise_.size, file.hashes};
      if (file.id != file_.id || now == promise_ || is_weaker(now.hashes, promise_.hashes)) continue;
      promise_ = now;
      if (auto recorded = record_pending(); !recorded) tools_.log.warn("{}", recorded.error().message);
      return true;
    }
    return false;
  }

  // The server's own name for the file, made safe, in the planned folder.
  os::Path final_path(const std::optional<std::string>& server_name) const {
    const std::string name = os::safe_component(server_name.value_or(""));
    if (name.empty()) return item_.target;
    // The planned name may carry the file id, because a sibling has the same one: then it is the better name.
    const os::Path own = item_.target.parent_path() / name_by_template(file_.name);
    return own == item_.target ? item_.target.parent_path() / name_by_template(name) : item_.target;
  }

  os::Path name_by_template(std::string_view file_name) const {
    return shop_.plan.file_template.path_of_file(model_, version_, file_, file_name).filename();
  }

  const Workshop& shop_;
  const Tools& tools_;
  std::size_t index_;
  const PlanItem& item_;
  const Model& model_;
  const ModelVersion& version_;
  const ModelFile& file_;
  Promise promise_;
  ByteCount fetched_;
};

}  // namespace

store::FileRecord file_record(const Workshop& shop, std::size_t item, const Promise& promise, const os::Path& path) {
  const Place& place = shop.plan.items[item].place;
  const Model& model = shop.plan.model_of(place).model;
  const ModelVersion& version = shop.plan.version_of(place).version;
  const ModelFile& file = shop.plan.file_of(place);
  store::FileRecord record;
  LibraryEntry& entry = record.entry;
  entry.model_id = model.id;
  entry.model_name = model.name;
  entry.model_type = model.type;
  entry.creator = model.creator;
  entry.version_id = version.id;
  entry.version_name = version.name;
  entry.base_model = version.base_model;
  entry.file_id = file.id;
  entry.file_name = file.name;
  entry.file_type = file.type;
  entry.size = promise.size.value_or(ByteCount{});
  entry.hashes = promise.hashes;
  entry.path = path.string();
  entry.updated_at = shop.tools.clock.now();
  record.tags = model.tags;
  record.trained_words = version.trained_words;
  record.version_document = {shop.plan.version_of(place).document};
  return record;
}

const os::Path& first_path(const PlanItem& item) { return item.present ? *item.present : item.target; }

os::Path own_path(const Plan& plan, std::size_t item, const os::Path& wanted) {
  const FileId file = plan.file_of(plan.items[item].place).id;
  return wanted.parent_path() / os::with_addition(wanted.filename().string(), format("-{}", file.value));
}

Result<std::optional<Arrived>> find_at(const Workshop& shop, std::size_t item, const Promise& promise,
                                       const os::Path& path) {
  const auto size = os::file_size(path);
  if (!size || (promise.size && *size != *promise.size)) return std::nullopt;
  shop.tools.observer.on_phase(item, Phase::checking);
  auto handle = shop.tools.files.open(path, os::OpenMode::read);
  if (!handle) return fail(handle.error());
  const hash::Kinds kinds = kinds_to_prove(promise.hashes);
  const Digest more = [&](hash::Kinds wanted) { return digest(shop, item, path, wanted); };
  const auto digests = more(kinds);
  if (!digests) return fail(digests.error());
  auto proven = prove(promise, *digests, kinds, more);
  if (!proven && proven.error().kind == ErrorKind::verification) return std::nullopt;
  if (!proven) return fail(proven.error());
  const bool nothing_promised = proven->by_length && !promise.size;
  if (nothing_promised) return std::nullopt;
  Arrived arrived{.item = item, .promise = promise, .proven = std::move(*proven), .path = path};
  arrived.handle = std::move(*handle);
  return arrived;
}

Brought bring(const Workshop& shop, std::size_t item) { return ItemRun(shop, item).run(); }

}  // namespace civitai::engine
