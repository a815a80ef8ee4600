#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "site/api.hpp"
#include "site/selection.hpp"

#include <algorithm>
#include <array>

namespace standin {
namespace {

using civitai::format;

// The real route takes whoever names one of these for a browser, as part of any word.
bool looks_like_browser(const Request& request) {
  static constexpr std::array<std::string_view, 6> words = {"mozilla", "chrome", "safari", "firefox", "opera", "edge"};
  const std::string agent = civitai::to_lower(request.header("User-Agent").value_or(""));
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return agent.find(word) != std::string::npos; });
}

Answer redirect(std::string_view location) {
  Answer answer{.status = 307, .text = std::string(location), .framing = Framing::chunked};
  answer.headers.emplace_back("location", location);  // in lower case, as recorded
  return answer;
}

// Refusals are JSON, or plain text for a browser.
Answer refuse(const Context& context, int status, std::string_view text) {
  if (!looks_like_browser(context.request)) return error_text(status, text);
  Answer answer{.status = status, .text = std::string(text)};
  answer.set("Content-Type", "text/plain; charset=utf-8");
  return answer;
}

Answer unauthorized(std::string_view message) {
  return json_answer(401, Json{{"error", "Unauthorized"}, {"message", message}}.dump());
}

std::optional<Answer> read_wishes(const Query& query, Wishes& wishes) {
  wishes = {.type = query.get("type"),
            .format = query.get("format"),
            .size_class = query.get("size"),
            .precision = query.get("fp"),
            .quantisation = query.get("quantType")};
  static constexpr std::array<std::string_view, 7> formats = {"SafeTensor", "PickleTensor", "GGUF", "Diffusers",
                                                              "Core ML",    "ONNX",         "Other"};
  if (wishes.format && std::find(formats.begin(), formats.end(), *wishes.format) == formats.end()) {
    return error_pretty("format", "invalid option");
  }
  if (wishes.size_class && *wishes.size_class != "full" && *wishes.size_class != "pruned") {
    return error_pretty("size", "invalid option");
  }
  for (const auto& [name, value] : {std::pair{"fp", &wishes.precision}, std::pair{"quantType", &wishes.quantisation}}) {
    if (*value && (*value)->size() > 64) return error_pretty(name, "too long");
  }
  const auto file_id = query.get("fileId");
  if (file_id && !civitai::parse_integer(*file_id)) return error_pretty("fileId", "a number was expected");
  return std::nullopt;
}

Answer early_access(const Context& context, const Version& version) {
  if (looks_like_browser(context.request)) return redirect(format("/model-versions/{}", version.id));
  Json body = {{"error", "Early Access"}};
  if (!version.paid_access->permanent && !version.paid_access->ends_at.empty()) {
    body["deadline"] = version.paid_access->ends_at;
  }
  body["message"] = "asset is in early access";
  return json_answer(403, body.dump());
}

bool is_still_paid(const Context& context, const Version& version) {
  if (!version.paid_access) return false;
  if (version.paid_access->permanent || version.paid_access->ends_at.empty()) return true;
  const auto ends = civitai::parse_iso8601(version.paid_access->ends_at);
  return !ends || *ends > context.world.now();
}

// Rows 7 to 11 of the real route's table: may this caller have files of this version at all?
std::optional<Answer> refuse_version(const Context& context, const Catalogue::Hit& hit) {
  const Version& version = *hit.version;
  const Caller& caller = context.caller;
  if (hit.model->status != "Published" || version.status != "Published") return refuse(context, 404, "File not found");
  if (version.usage_control != "Download") return unauthorized("creator has disabled downloads on this file");
  const bool login = context.options.login == Login::required || version.requires_login ||
                     version.availability == "Private" || hit.model->availability == "Private";
  if (login && !caller.signed_in()) {
    if (!looks_like_browser(context.request)) return unauthorized("you must be logged in to download this asset");
    return redirect(format("/login?returnUrl=%2Fmodel-versions%2F{}&reason=download-auth", version.id));
  }
  const bool owner = caller.kind == TokenKind::owner;
  if (is_still_paid(context, version) && !owner) return early_access(context, version);
  const bool needs_grant = version.availability == "Private" || hit.model->availability == "Private";
  if (caller.kind == TokenKind::no_grant || (needs_grant && !owner)) {
    return refuse(context, 403, "no access to this file");
  }
  return std::nullopt;
}

const File* choose(const Version& version, const Query& query, const Wishes& wishes) {
  const auto file_id = query.get("fileId");
  if (!file_id) return select_file(version, wishes);
  for (const File& file : version.files) {
    if (file.visible && !file.linked && file.id == civitai::parse_integer(*file_id)) return &file;
  }
  return nullptr;
}

Answer send_to_storage(const Context& context, const Catalogue::Hit& hit, const File& file) {
  const Options& options = context.options;
  context.world.count_link(context.caller.token);
  if (!options.storage_url.empty()) return redirect(format("{}/{}", options.storage_url, file.id));
  const Link link =
      context.world.links.make({.file_id = file.id,
                                .user_id = hit.model->user_id,
                                .stored_name = file.stored_name.empty() ? file.download_name() : file.stored_name,
                                .disposition = format("attachment; filename=\"{}\"", file.download_name()),
                                .backend = options.backend,
                                .now = context.world.now(),
                                .lifetime = options.link_lifetime});
  Answer answer = redirect(context.world.urls.storage + link.target);
  answer.link = link.signature;
  return answer;
}

Answer decide(const Context& context, Subject& subject) {
  const Query& query = context.query();
  if (context.caller.kind == TokenKind::blocked) return refuse(context, 403, "Forbidden");
  const std::uint64_t quota = context.options.download_quota;
  if (quota != 0 && context.world.links_given(context.caller.token) >= quota) {
    return refuse(context, 429, "unusual amount of downloading from your account, come back later");
  }
  Wishes wishes;
  if (auto refusal = read_wishes(query, wishes)) return std::move(*refusal);
  const auto id = civitai::parse_integer(context.tail);
  if (!id) return error_pretty("modelVersionId", "a number was expected");
  if (*id == 0) return refuse(context, 400, "Missing modelVersionId");
  const auto hit = context.catalogue.find_version(*id);
  if (!hit || hit.model->poi || hit.model->status == "Deleted") return refuse(context, 404, "File not found");
  subject = {.model_id = hit.model->id, .version_id = *id};
  if (hit.model->mode == "Archived") return refuse(context, 410, "model archived");
  if (auto refusal = refuse_version(context, hit)) return std::move(*refusal);
  const File* file = choose(*hit.version, query, wishes);
  if (file == nullptr) return refuse(context, 404, "File not found");
  subject.file_id = file->id;
  if (!query.has("fileId") && contradicts(*file, wishes)) return refuse(context, 404, "File not found");
  return send_to_storage(context, hit, *file);
}

}  // namespace

Answer download(const Context& context) {
  // HEAD is not served here: it answers 401 whatever the key.
  if (context.request.method == "HEAD") return unauthorized("use GET");
  Subject subject;
  Answer answer = decide(context, subject);
  answer.subject = subject;
  answer.set("Cache-Control", "no-store, max-age=0");
  return answer;
}

}  // namespace standin
