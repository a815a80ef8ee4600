#include "site/storage.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "site/disposition.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace standin {
namespace {

using civitai::format;

struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

enum class RangeVerdict { whole, part, unsatisfiable };

struct RangeAnswer {
  RangeVerdict verdict = RangeVerdict::whole;
  Span span = {};
};

// Understands one range; whatever else the header says is ignored, as a server may.
RangeAnswer read_range(const std::string& header, std::uint64_t size) {
  if (!header.starts_with("bytes=") || header.find(',') != std::string::npos) return {};
  const std::vector<std::string> ends = civitai::split(header.substr(6), '-');
  if (ends.size() != 2) return {};
  const auto first = civitai::parse_integer(ends[0]);
  const auto last = civitai::parse_integer(ends[1]);
  if (ends[0].empty()) {
    if (!last || *last < 0) return {};
    const std::uint64_t count = std::min(static_cast<std::uint64_t>(*last), size);
    if (count == 0) return {.verdict = RangeVerdict::unsatisfiable};
    return {.verdict = RangeVerdict::part, .span = {size - count, size - 1}};
  }
  if (!first || *first < 0 || (!ends[1].empty() && (!last || *last < *first))) return {};
  const auto start = static_cast<std::uint64_t>(*first);
  if (start >= size) return {.verdict = RangeVerdict::unsatisfiable};
  const std::uint64_t end = last ? std::min(static_cast<std::uint64_t>(*last), size - 1) : size - 1;
  return {.verdict = RangeVerdict::part, .span = {start, end}};
}

std::string etag_for(const File& file, int edition) {
  const std::size_t hash = std::hash<std::string>{}(format("{}#{}", file.bytes().key(), edition));
  return format("\"{0:016x}{0:016x}-{1}\"", hash, file.length() / (8U << 20) + 1);
}

std::string last_modified(const Version& version) {
  const auto time = civitai::parse_iso8601(version.published_at);
  return http_date(time.value_or(civitai::SystemTime{}));
}

// The link that the request uses, if it was given out exactly so.
std::optional<Link> used_link(const World& world, const Request& request) {
  const auto signature = request.query.get("X-Amz-Signature");
  const auto link = world.links.find(signature ? *signature : request.query.get("Authorization").value_or(""));
  return link && link->target == request.target ? link : std::nullopt;
}

Answer whole_file(const Catalogue::Hit& hit, const Link& link) {
  const File& file = *hit.file;
  Answer answer{.slice = Slice{file.bytes(), 0, file.length()}};
  answer.set("Content-Type", file.media_type);
  answer.set("Accept-Ranges", "bytes");
  answer.set("ETag", etag_for(file, link.edition));
  answer.set("Last-Modified", last_modified(*hit.version));
  if (const auto value = disposition(file.disposition, file.download_name())) answer.set("Content-Disposition", *value);
  return answer;
}

Answer serve(World& world, const Request& request) {
  const auto link = used_link(world, request);
  const Backend backend = request.path.starts_with("/file/") ? Backend::b2 : Backend::r2;
  if (request.header("Authorization") || request.header("Cookie")) {
    return storage_error(backend, 400, "InvalidRequest", "missing x-amz-content-sha256");
  }
  if (!link || request.method != "GET") {
    return storage_error(backend, 403, "SignatureDoesNotMatch", "the signature does not fit the request");
  }
  if (world.now() >= link->expires) return expired_link(link->backend);
  return world.read([&](const Catalogue& catalogue) {
    const auto hit = catalogue.find_file(link->file_id);
    if (!hit) return storage_error(backend, 404, "NoSuchKey", "no such file");
    Answer answer = whole_file(hit, *link);
    answer.subject = {.model_id = hit.model->id, .version_id = hit.version->id, .file_id = hit.file->id};
    apply_range(request, answer);
    return answer;
  });
}

}  // namespace

Answer storage_error(Backend backend, int status, std::string_view code, std::string_view message) {
  if (backend == Backend::b2) {
    const std::string word = status == 401 ? "unauthorized" : "bad_request";
    return json_answer(status, nlohmann::ordered_json{{"code", word}, {"message", message}, {"status", status}}.dump());
  }
  Answer answer{.status = status};
  answer.text = format("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message></Error>",
                       code, message);
  answer.set("Content-Type", "application/xml");
  return answer;
}

Answer expired_link(Backend backend) {
  return storage_error(backend, backend == Backend::b2 ? 401 : 403, "ExpiredRequest", "Request has expired");
}

void apply_range(const Request& request, Answer& answer) {
  const auto range = request.header("Range");
  if (!range || !answer.slice) return;
  const auto condition = request.header("If-Range");
  if (condition && *condition != answer.header("ETag") && *condition != answer.header("Last-Modified")) return;
  const std::uint64_t size = answer.slice->content.size();
  const RangeAnswer asked = read_range(*range, size);
  if (asked.verdict == RangeVerdict::unsatisfiable) {
    Answer refusal = storage_error(Backend::r2, 416, "InvalidRange", "The requested range is not satisfiable");
    refusal.set("Content-Range", format("bytes */{}", size));
    refusal.subject = answer.subject;
    answer = std::move(refusal);
  } else if (asked.verdict == RangeVerdict::part) {
    answer.status = 206;
    answer.slice->first = asked.span.first;
    answer.slice->count = asked.span.last - asked.span.first + 1;
    answer.set("Content-Range", format("bytes {}-{}/{}", asked.span.first, asked.span.last, size));
  }
}

Answer answer_storage(World& world, const Request& request) {
  Answer answer = serve(world, request);
  answer.route = "storage";
  if (const auto link = used_link(world, request)) {
    answer.link = link->signature;
    if (answer.subject.file_id == 0) answer.subject.file_id = link->file_id;
  }
  answer.set("Server", "cloudflare");
  answer.set("Date", http_date(world.now()));
  answer.set("CF-RAY", world.next_ray());
  return answer;
}

}  // namespace standin
