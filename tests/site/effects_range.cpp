// Faults of ranges and of signed links.
#include "base/format.hpp"
#include "site/effects.hpp"
#include "site/storage.hpp"

#include <algorithm>
#include <array>

namespace standin {
namespace {

using civitai::format;

void ignore(Stage& stage) {
  Answer& answer = stage.answer;
  if (!answer.slice) return;
  answer.status = 200;
  answer.slice->first = 0;
  answer.slice->count = answer.slice->content.size();
  answer.remove("Content-Range");
  answer.remove("Accept-Ranges");
}

void tell_range(Answer& answer, std::uint64_t total) {
  const Slice& slice = *answer.slice;
  answer.set("Content-Range", format("bytes {}-{}/{}", slice.first, slice.first + slice.count - 1, total));
}

void wrong_start(Stage& stage) {
  Answer& answer = stage.answer;
  if (answer.status != 206 || !answer.slice || answer.slice->count < 2) return;
  const auto shift = static_cast<std::uint64_t>(std::max<std::int64_t>(stage.number(1), 1));
  const std::uint64_t moved = std::min(shift, answer.slice->count - 1);
  answer.slice->first += moved;
  answer.slice->count -= moved;
  tell_range(answer, answer.slice->content.size());
}

void wrong_total(Stage& stage) {
  if (stage.answer.status != 206 || !stage.answer.slice) return;
  const auto real = static_cast<std::int64_t>(stage.answer.slice->content.size());
  tell_range(stage.answer, static_cast<std::uint64_t>(std::max<std::int64_t>(real + stage.number(1), 1)));
}

void multipart(Stage& stage) {
  Answer& answer = stage.answer;
  if (answer.status != 206 || !answer.slice) return;
  const Slice slice = *answer.slice;
  std::string body = format("\r\n--standin\r\nContent-Type: application/octet-stream\r\nContent-Range: {}\r\n\r\n",
                            answer.header("Content-Range").value_or(""));
  body += slice.content.text(slice.first, slice.count) + "\r\n--standin--\r\n";
  answer.replace_body("multipart/byteranges; boundary=standin", std::move(body));
}

void unsatisfiable(Stage& stage) {
  if (!stage.answer.slice) return;
  const std::uint64_t total = stage.answer.slice->content.size();
  become_status(stage.answer, 416, "xml");
  stage.answer.set("Content-Range", format("bytes */{}", total));
}

// Another tag with every request, for the same bytes.
void change_etag(Stage& stage) {
  const std::size_t number = stage.memory.with([](auto& seen) {
    seen.emplace_back();
    return seen.size();
  });
  if (stage.answer.slice) stage.answer.set("ETag", format("\"changed-{:08x}-1\"", number));
}

// The file has grown (or shrunk) since it was announced: other length, other tag.
void change_length(Stage& stage) {
  Answer& answer = stage.answer;
  if (!answer.slice) return;
  const auto size = static_cast<std::int64_t>(answer.slice->content.size());
  const auto changed = static_cast<std::uint64_t>(std::max<std::int64_t>(size + stage.number(1), 0));
  answer.slice = Slice{answer.slice->content.resized(changed), 0, changed};
  answer.status = 200;
  answer.remove("Content-Range");
  answer.set("ETag", format("\"length-{:08x}-1\"", changed));
  apply_range(stage.request, answer);
}

constexpr std::array<Effect, 8> ranges = {{
    {"range-ignored", "", "200 with the whole file", ignore},
    {"range-wrong-start", "[BYTES]", "206 that begins so much later than asked (1)", wrong_start},
    {"range-wrong-total", "[BYTES]", "206 whose total is off by so much (1)", wrong_total},
    {"range-no-content-range", "", "206 without Content-Range",
     [](Stage& stage) { stage.answer.remove("Content-Range"); }},
    {"range-multipart", "", "206 as multipart/byteranges", multipart},
    {"range-unsatisfiable", "", "416 although the range is good", unsatisfiable},
    {"etag-change", "", "another ETag with every request", change_etag},
    {"length-change", "[BYTES]", "the file is longer by so much (1) and has another ETag", change_length},
}};

void expire_new_link(Stage& stage) {
  stage.world.links.change(stage.answer.link, [](Link& link) { link.expires = civitai::SystemTime{}; });
}

void set_lifetime(Stage& stage) {
  const auto end = stage.world.now() + civitai::Milliseconds(stage.number(1000));
  stage.world.links.change(stage.answer.link, [&](Link& link) { link.expires = end; });
}

// The link stays dead, so that only a new one helps.
void expire_used_link(Stage& stage) {
  Backend backend = Backend::r2;
  stage.world.links.change(stage.answer.link, [&](Link& link) {
    link.expires = civitai::SystemTime{};
    backend = link.backend;
  });
  Answer expired = expired_link(backend);
  expired.route = stage.answer.route;
  expired.subject = stage.answer.subject;
  expired.link = stage.answer.link;
  stage.answer = std::move(expired);
}

void another_edition(Stage& stage) {
  const std::size_t number = stage.memory.with([](auto& seen) {
    seen.emplace_back();
    return seen.size();
  });
  stage.world.links.change(stage.answer.link, [&](Link& link) { link.edition = 100 + static_cast<int>(number); });
}

constexpr std::array<Effect, 4> links = {{
    {"link-expires-now", "", "on download: the link is dead before its first use", expire_new_link},
    {"link-lifetime", "MS", "on download: the link lives so long", set_lifetime},
    {"link-expired", "", "on storage: the link used has expired, and stays so", expire_used_link},
    {"link-etag-change", "", "on download: what the link leads to has another ETag", another_edition},
}};

}  // namespace

std::span<const Effect> range_effects() { return ranges; }
std::span<const Effect> link_effects() { return links; }

}  // namespace standin
