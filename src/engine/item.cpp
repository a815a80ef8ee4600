#include "engine/item.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "os/safe_name.hpp"

#include <algorithm>
#include <utility>

namespace civitai::engine {
namespace {

struct Proven {
  HashKind by = HashKind::sha256;
  bool by_length = false;
  Hashes computed;
};

bool is_web_page_name(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.ends_with(".html") || lower.ends_with(".htm");
}

class ItemRun {
 public:
  ItemRun(const Plan& plan, std::size_t index, const Tools& tools, store::Library& library, const std::stop_token& stop)
      : plan_(plan),
        index_(index),
        item_(plan.items[index]),
        model_(plan.model_of(item_.place).model),
        version_(plan.version_of(item_.place).version),
        file_(plan.file_of(item_.place)),
        tools_(tools),
        library_(library),
        stop_(stop),
        promise_{file_.size, file_.hashes} {}

  ItemReport run() {
    if (auto status = work(); !status) {
      report_.error = status.error().with_context(format("{} / {}", printable(model_.name), printable(file_.name)));
      const bool stopped = status.error().kind == ErrorKind::cancelled;
      report_.outcome = stopped ? ItemReport::Outcome::interrupted : ItemReport::Outcome::failed;
      if (!stopped) record_failure();
    }
    return std::move(report_);
  }

 private:
  Status work() {
    if (item_.replaces) return replace_wrong();
    const os::Path& wanted = item_.present ? *item_.present : item_.target;
    if (auto status = library_.record_pending(record_at(wanted)); !status) return status;
    if (item_.present) {
      // Where something else has the name, it stays, and this file gets (or got, in an earlier run) a name of its own.
      for (const os::Path& path : {*item_.present, own_path(item_.target)}) {
        const auto adopted = adopt(path);
        if (!adopted) return fail(adopted.error());
        if (*adopted) return {};
      }
      if (auto status = library_.record_pending(record_at(item_.target)); !status) return status;
    }
    return fetch();
  }

  // The library goes on telling what is wrong until the right bytes are here. What lies there may be what the site
  // means by now.
  Status replace_wrong() {
    const auto adopted = adopt(item_.target);
    if (!adopted) return fail(adopted.error());
    return *adopted ? Status{} : fetch();
  }

  store::FileRecord record_at(const os::Path& path) const {
    store::FileRecord record;
    LibraryEntry& entry = record.entry;
    entry.model_id = model_.id;
    entry.model_name = model_.name;
    entry.model_type = model_.type;
    entry.creator = model_.creator;
    entry.version_id = version_.id;
    entry.version_name = version_.name;
    entry.base_model = version_.base_model;
    entry.file_id = file_.id;
    entry.file_name = file_.name;
    entry.file_type = file_.type;
    entry.size = promise_.size.value_or(ByteCount{});
    entry.hashes = promise_.hashes;
    entry.path = path.string();
    entry.updated_at = tools_.clock.now();
    record.tags = model_.tags;
    record.trained_words = version_.trained_words;
    record.version_document = {plan_.version_of(item_.place).document};
    return record;
  }

  // Is the file that lies there already, if any, the promised one? Then it is recorded.
  Result<bool> adopt(const os::Path& path) {
    tools_.observer.on_phase(index_, Phase::checking);
    const auto size = os::file_size(path);
    if (!size || (promise_.size && *size != *promise_.size)) return false;
    const hash::Kinds kinds = kinds_to_prove(promise_.hashes);
    const auto digests = digest(path, kinds);
    if (!digests) return fail(digests.error());
    auto proven = prove(path, *digests, kinds);
    if (!proven) return proven.error().kind == ErrorKind::verification ? Result<bool>(false) : fail(proven.error());
    const bool nothing_promised = proven->by_length && !promise_.size;
    if (nothing_promised) return false;
    report_.outcome = ItemReport::Outcome::adopted;
    // A crash right after the rename leaves the journal behind.
    PartialFile::remove_remains(tools_.files, partial_path(item_.target, file_.id));
    if (auto status = record_success(path, *proven, *size); !status) return fail(status.error());
    return true;
  }

  Status fetch() {
    for (const bool last_try : {false, true}) {
      auto transferred = transfer(transfer_job(), tools_, stop_);
      if (!transferred) {
        const bool disputed = transferred.error().kind == ErrorKind::verification;
        if (disputed && !last_try && promise_changed()) continue;
        return fail(transferred.error());
      }
      report_.fetched += transferred->fetched;
      auto status = prove_and_place(*transferred);
      if (status) return status;
      if (status.error().kind != ErrorKind::verification) {
        keep(*transferred);
        return status;
      }
      const os::Path rejected = rejected_path(item_.target, file_.id);
      if (auto aside = transferred->partial.set_aside(rejected); !aside) return aside;
      if (last_try) {
        status.error().hint = format("the bytes are kept for inspection in {}", rejected.string());
        return status;
      }
      tools_.log.warn("{}: {}; trying once more", printable(file_.name), status.error().message);
    }
    return {};
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

  // Error of kind verification when the bytes are refuted.
  Status prove_and_place(Transferred& transferred) {
    tools_.observer.on_phase(index_, Phase::verifying);
    const auto prove_it = [&] { return prove(transferred.partial.path(), transferred.digests, transferred.computed); };
    auto proven = prove_it();
    if (!proven && proven.error().kind == ErrorKind::verification) {
      // The site may have replaced the file since the scan: what it says now may be what we hold.
      if (promise_changed()) proven = prove_it();
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    }
    if (!proven) return fail(proven.error());
    return place(transferred, *proven);
  }

  // Every byte is here, but something else went wrong: the next run shall not fetch them again. Where they have their
  // final name already, it will find them there.
  void keep(Transferred& transferred) {
    std::error_code ignored;
    if (!std::filesystem::exists(transferred.partial.path(), ignored)) return;
    RangeSet whole;
    whole.add({0, transferred.digests.length});
    const auto kept = transferred.partial.checkpoint(whole, transferred.digests.length);
    if (!kept) tools_.log.debug("{}", kept.error().message);
  }

  // Asks the site again what the file should be. true when it says something else than before that proves as much.
  bool promise_changed() {
    const auto fresh = tools_.site.version(version_.id, stop_);
    if (!fresh) return false;
    for (const ModelFile& file : fresh->versions.front().files) {
      const Promise now{file.size ? file.size : promise_.size, file.hashes};
      if (file.id != file_.id || now == promise_ || is_weaker(now.hashes, promise_.hashes)) continue;
      promise_ = now;
      const auto recorded = library_.record_pending(record_at(item_.target));
      if (!recorded) tools_.log.warn("{}", recorded.error().message);
      return true;
    }
    return false;
  }

  Result<hash::Digests> digest(const os::Path& path, hash::Kinds kinds) {
    const auto show = [this](ByteCount done) {
      tools_.observer.on_bytes(index_, done, promise_.size.value_or(ByteCount{}));
    };
    return digest_file(path, kinds, tools_.files, show, stop_);
  }

  // Error of kind verification when the bytes are not what was promised.
  Result<Proven> prove(const os::Path& path, hash::Digests digests, hash::Kinds computed) {
    while (true) {
      const Verdict verdict = judge(promise_, digests, computed);
      switch (verdict.kind) {
        case Verdict::Kind::proven: return Proven{verdict.by, false, to_hashes(digests)};
        case Verdict::Kind::unproven: return Proven{{}, true, to_hashes(digests)};
        case Verdict::Kind::wrong_length:
        case Verdict::Kind::wrong_content:
          return fail(ErrorKind::verification,
                      format("wrong content: promised {}, found {}", verdict.promised, verdict.found));
        case Verdict::Kind::needs_more: {
          computed = computed | verdict.more;
          auto more = digest(path, computed);
          if (!more) return fail(more.error());
          digests = std::move(*more);
        }
      }
    }
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
    return plan_.file_template.path_of_file(model_, version_, file_, file_name).filename();
  }

  Status place(Transferred& transferred, const Proven& proven) {
    tools_.observer.on_phase(index_, Phase::placing);
    if (item_.replaces) return place_instead(transferred, proven);
    const os::Path wanted = final_path(transferred.server_name);
    const os::Path own = own_path(wanted);
    for (const os::Path& path : {wanted, own}) {
      // Known beforehand, so that a crash right after the rename leaves a trace that leads to the file.
      if (path != item_.target) {
        if (auto status = library_.record_pending(record_at(path)); !status) return status;
      }
      const auto outcome = transferred.partial.publish(path);
      if (!outcome) return fail(outcome.error());
      if (*outcome == PartialFile::Outcome::published) {
        report_.outcome = ItemReport::Outcome::downloaded;
        return record_success(path, proven, ByteCount{transferred.digests.length});
      }
      const auto same = adopt_unclaimed(path);
      if (!same) return fail(same.error());
      if (*same) return transferred.partial.discard();
    }
    return fail(ErrorKind::io, format("{} is taken by another file", own.string()),
                "move that file away and run again");
  }

  // Only now, with the right bytes on the disk and journalled, the wrong ones give up their name, and they go when the
  // right ones have it. Killed in between, the next run finds the name free and the bytes here.
  Status place_instead(Transferred& transferred, const Proven& proven) {
    keep(transferred);
    const os::Path aside = replaced_path(item_.target, file_.id);
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(item_.target, ignored))) {
      auto moved = tools_.files.rename(item_.target, aside, os::FileSystem::Replace::yes);
      if (!moved) return moved;
    }
    const auto outcome = transferred.partial.publish(item_.target);
    if (!outcome || *outcome == PartialFile::Outcome::name_taken) {
      static_cast<void>(tools_.files.rename(aside, item_.target, os::FileSystem::Replace::no));
      if (!outcome) return fail(outcome.error());
      return fail(ErrorKind::io, format("{} is taken by another file", item_.target.string()), "run again");
    }
    report_.outcome = ItemReport::Outcome::downloaded;
    return record_success(item_.target, proven, ByteCount{transferred.digests.length});
  }

  // This very file may have come here in the meantime, or in a run whose record was lost.
  Result<bool> adopt_unclaimed(const os::Path& path) {
    const auto entries = library_.entries();
    if (!entries) return fail(entries.error());
    const bool claimed = std::any_of(entries->begin(), entries->end(), [&](const LibraryEntry& entry) {
      return entry.file_id != file_.id && entry.status == EntryStatus::downloaded && entry.path == path;
    });
    return claimed ? Result<bool>(false) : adopt(path);
  }

  // The name that tells this file from another one of the same name.
  os::Path own_path(const os::Path& wanted) const {
    return wanted.parent_path() / os::with_addition(wanted.filename().string(), format("-{}", file_.id.value));
  }

  Status record_success(const os::Path& path, const Proven& proven, ByteCount size) {
    report_.path = path;
    report_.proven_by = proven.by_length ? "length" : std::string(to_string(proven.by));
    const std::string value = proven.by_length ? "" : proven.computed.get(proven.by);
    if (item_.replaces) {
      if (auto status = library_.record_pending(record_at(path)); !status) return status;
    }
    auto status = library_.record_downloaded(file_.id, path, size, proven.computed, {report_.proven_by, value});
    if (status) remove_kept();
    return status;
  }

  // Bytes that were kept until these came are of no interest any more.
  void remove_kept() {
    for (const os::Path& kept : {rejected_path(item_.target, file_.id), replaced_path(item_.target, file_.id)}) {
      std::error_code ignored;
      if (!std::filesystem::exists(std::filesystem::symlink_status(kept, ignored))) continue;
      if (auto status = tools_.files.remove(kept); !status) tools_.log.debug("{}", status.error().message);
    }
  }

  void record_failure() {
    const Error& error = *report_.error;
    const std::string why = error.hint.empty() ? error.message : format("{} ({})", error.message, error.hint);
    if (auto status = library_.record_error(file_.id, why); !status) tools_.log.warn("{}", status.error().message);
  }

  const Plan& plan_;
  std::size_t index_;
  const PlanItem& item_;
  const Model& model_;
  const ModelVersion& version_;
  const ModelFile& file_;
  const Tools& tools_;
  store::Library& library_;
  const std::stop_token& stop_;
  Promise promise_;
  ItemReport report_;
};

}  // namespace

ItemReport run_item(const Plan& plan, std::size_t index, const Tools& tools, store::Library& library,
                    const std::stop_token& stop) {
  return ItemRun(plan, index, tools, library, stop).run();
}

}  // namespace civitai::engine
