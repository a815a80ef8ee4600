#include "engine/trash_act.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace civitai::engine {
namespace {

constexpr std::int64_t known_format = 1;

bool stays_inside(const os::Path& path) {
  return !path.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const os::Path& part) { return part == ".." || part.empty(); });
}

json::Object move_json(const TrashMove& move) {
  json::Object object;
  object.set("from", escaped_bytes(move.from.generic_string()))
      .set("to", escaped_bytes(move.to.generic_string()))
      .set("size", move.size);
  object.set("file_id", move.file.value).set("content", move.role == TrashMove::Role::content);
  return object;
}

json::Object file_json(const TrashedFile& file) {
  json::Array after;
  for (const FileId one : file.after) after.add(one.value);
  json::Object object;
  object.set("file_id", file.file.value).set("version_id", file.version.value).set("model_id", file.model.value);
  object.set("model_name", file.model_name).set("version_name", file.version_name).set("file_name", file.file_name);
  object.set("after", std::move(after));
  return object;
}

std::int64_t number_from(json::Value& value) { return value.integer().value_or(0); }
std::string text_from(json::Value& value) { return value.text().value_or(""); }

TrashMove read_move(json::Value value) {
  TrashMove move;
  value.members([&](std::string_view key, json::Value member) {
    if (key == "from") move.from = unescaped_bytes(text_from(member));
    if (key == "to") move.to = unescaped_bytes(text_from(member));
    if (key == "size") move.size = {static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_from(member)))};
    if (key == "file_id") move.file = {number_from(member)};
    if (key == "content" && member.boolean().value_or(false)) move.role = TrashMove::Role::content;
  });
  return move;
}

TrashedFile read_file(json::Value value) {
  TrashedFile file;
  value.members([&](std::string_view key, json::Value member) {
    if (key == "file_id") file.file = {number_from(member)};
    if (key == "version_id") file.version = {number_from(member)};
    if (key == "model_id") file.model = {number_from(member)};
    if (key == "model_name") file.model_name = text_from(member);
    if (key == "version_name") file.version_name = text_from(member);
    if (key == "file_name") file.file_name = text_from(member);
    if (key == "after") member.elements([&](json::Value one) { file.after.push_back({number_from(one)}); });
  });
  return file;
}

void read_member(TrashAct& act, std::string_view key, json::Value& member) {
  if (key == "act") act.id = text_from(member);
  if (key == "kind" && text_from(member) == to_string(TrashAct::Kind::replacement)) {
    act.kind = TrashAct::Kind::replacement;
  }
  if (key == "at") act.at = parse_iso8601(text_from(member)).value_or(SystemTime{});
  if (key == "files") member.elements([&](json::Value one) { act.files.push_back(read_file(one)); });
  if (key == "moves") member.elements([&](json::Value one) { act.moves.push_back(read_move(one)); });
}

}  // namespace

ByteCount TrashAct::bytes() const {
  ByteCount sum;
  for (const TrashMove& move : moves) sum += move.size;
  return sum;
}

void TrashAct::drop(FileId file) {
  for (const TrashMove& move : std::vector<TrashMove>(moves)) {
    if (move.file != file || move.role != TrashMove::Role::content) continue;
    std::erase_if(moves,
                  [&](const TrashMove& one) { return !one.file && one.from.parent_path() == move.from.parent_path(); });
  }
  std::erase_if(moves, [&](const TrashMove& one) { return one.file == file; });
  std::erase_if(files, [&](const TrashedFile& one) { return one.file == file; });
}

std::string_view to_string(TrashAct::Kind kind) { return kind == TrashAct::Kind::removal ? "delete" : "replace"; }

std::string to_json(const TrashAct& act) {
  json::Array files;
  for (const TrashedFile& file : act.files) files.add(file_json(file));
  json::Array moves;
  for (const TrashMove& move : act.moves) moves.add(move_json(move));
  json::Object root;
  root.set("format", known_format).set("act", act.id).set("kind", to_string(act.kind)).set("at", to_iso8601(act.at));
  root.set("files", std::move(files)).set("moves", std::move(moves));
  return root.text() + "\n";
}

Result<TrashAct> read_act(std::string_view json) {
  auto document = json::Document::parse(json);
  if (!document) return fail(ErrorKind::io, "the manifest is damaged");
  TrashAct act;
  std::int64_t written_format = 0;
  const bool whole = document->root().members([&](std::string_view key, json::Value member) {
    if (key == "format") {
      written_format = number_from(member);
    } else {
      read_member(act, key, member);
    }
  });
  if (!whole || act.id.empty()) return fail(ErrorKind::io, "the manifest is damaged");
  if (written_format != known_format) return fail(ErrorKind::io, "the manifest is of another version of this program");
  const bool inside = std::all_of(act.moves.begin(), act.moves.end(), [](const TrashMove& move) {
    return stays_inside(move.from) && stays_inside(move.to);
  });
  if (!inside) return fail(ErrorKind::io, "the manifest names a path that leads out of its folder");
  return act;
}

bool is_below(const os::Path& path, const os::Path& root) {
  const os::Path relative = path.lexically_normal().lexically_relative(root.lexically_normal());
  return stays_inside(relative) && relative != ".";
}

}  // namespace civitai::engine
