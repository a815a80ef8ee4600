#include "site/admin.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "site/api.hpp"

#include <array>
#include <stdexcept>

namespace standin {
namespace {

Answer done() { return json_answer(200, "{}"); }

Json leak_list(const Journal& journal) {
  Json leaks = Json::array();
  for (const Leak& leak : journal.leaks()) {
    leaks.push_back({{"entry", leak.entry}, {"place", to_string(leak.place)}, {"what", leak.what}});
  }
  return leaks;
}

// One object with the entries; `route` and `place` choose among them.
Answer get_journal(World& world, const Request& request) {
  const auto route = request.query.get("route");
  const auto place = request.query.get("place");
  std::string body = "{\"entries\":[";
  for (const JournalEntry& entry : world.journal.entries()) {
    const bool wanted = (!route || entry.route == *route) && (!place || to_string(entry.place) == *place);
    if (!wanted) continue;
    if (body.back() == '}') body += ",\n";
    body += to_json(entry);
  }
  return json_answer(200, body + "]}");
}

Answer delete_journal(World& world, const Request&) {
  world.journal.clear();
  return done();
}

Answer get_summary(World& world, const Request&) {
  const Journal& journal = world.journal;
  Json routes = Json::object();
  Json resolves = Json::object();
  for (const JournalEntry& entry : journal.entries()) {
    routes[entry.route] = routes.value(entry.route, 0) + 1;
    if (entry.route == "download" && entry.status / 100 == 3) {
      const std::string id = std::to_string(entry.subject.file_id);
      resolves[id] = resolves.value(id, 0) + 1;
    }
  }
  Json in_flight = Json::object();
  Json connections = Json::object();
  for (const Place place : {Place::api, Place::storage, Place::images}) {
    in_flight[std::string(to_string(place))] = journal.max_in_flight(place);
    connections[std::string(to_string(place))] = journal.max_connections(place);
  }
  return document_answer({{"requests", routes},
                          {"resolves", resolves},
                          {"max_in_flight", in_flight},
                          {"max_connections", connections},
                          {"leaks", leak_list(journal)}});
}

Answer get_faults(World& world, const Request&) {
  Json rules = Json::array();
  for (const Faults::State& state : world.faults.states()) {
    rules.push_back({{"id", state.id}, {"rule", to_string(state.rule)}, {"seen", state.seen}, {"fired", state.fired}});
  }
  return document_answer({{"faults", rules}});
}

// Lines of text, or a JSON array of such lines.
Answer post_faults(World& world, const Request& request) {
  std::vector<std::string> lines;
  if (const Json body = Json::parse(request.body, nullptr, false); body.is_array()) {
    for (const Json& line : body) lines.push_back(line.get<std::string>());
  } else {
    lines = civitai::split(request.body, '\n');
  }
  std::vector<FaultRule> rules;  // all of them or none
  for (const std::string& line : lines) {
    const std::string_view text = civitai::trim(line);
    if (!text.empty()) rules.push_back(parse_rule(text));
  }
  Json ids = Json::array();
  for (FaultRule& rule : rules) ids.push_back(world.faults.add(std::move(rule)));
  return document_answer({{"ids", ids}});
}

Answer delete_faults(World& world, const Request& request) {
  const auto id = civitai::parse_integer(request.query.get("id").value_or(""));
  if (id && *id > 0) {
    world.faults.remove(static_cast<Faults::RuleId>(*id));
  } else {
    world.faults.clear();
  }
  return done();
}

Answer get_clock(World& world, const Request&) { return document_answer({{"now", civitai::to_iso8601(world.now())}}); }

// {"advance_ms":N}
Answer post_clock(World& world, const Request& request) {
  world.advance_clock(civitai::Milliseconds(Json::parse(request.body).at("advance_ms").get<std::int64_t>()));
  return get_clock(world, request);
}

Answer post_expire(World& world, const Request&) {
  world.links.expire_all();
  return done();
}

Answer get_urls(World& world, const Request&) {
  const Urls& urls = world.urls;
  return document_answer(
      {{"api", urls.api}, {"storage", urls.storage}, {"images", urls.images}, {"admin", urls.admin}});
}

// What is on offer, with true digests.
Answer get_files(World& world, const Request&) {
  using civitai::hash::Kinds;
  Json files = Json::array();
  world.read([&](const Catalogue& catalogue) {
    for (const Model& model : catalogue.models()) {
      for (const Version& version : model.versions) {
        for (const File& file : version.files) {
          const auto digests = world.hashes.digests(file.bytes(), Kinds::sha256);
          files.push_back({{"id", file.id},
                           {"version_id", version.id},
                           {"model_id", model.id},
                           {"name", file.download_name()},
                           {"type", file.type},
                           {"size", file.length()},
                           {"sha256", digests.sha256}});
        }
      }
    }
  });
  return document_answer({{"files", files}});
}

void change_option(Options& options, const std::string& name, const Json& value) {
  if (name == "latency_ms") {
    options.latency = civitai::Milliseconds(value.get<std::int64_t>());
  } else if (name == "storage_rate") {
    options.storage_rate = value.get<std::uint64_t>();
  } else if (name == "link_lifetime_ms") {
    options.link_lifetime = civitai::Milliseconds(value.get<std::int64_t>());
  } else if (name == "require_login") {
    options.login = value.get<bool>() ? Login::required : Login::optional;
  } else if (name == "newest_drops_one") {
    options.newest_drops_one = value.get<bool>();
  } else if (name == "page_size_cap") {
    options.page_size_cap = value.get<std::size_t>();
  } else if (name == "download_quota") {
    options.download_quota = value.get<std::uint64_t>();
  } else {
    throw std::invalid_argument("no option '" + name + "'");
  }
}

Answer post_options(World& world, const Request& request) {
  const Json body = Json::parse(request.body);
  world.change_options([&](Options& options) {
    for (const auto& [name, value] : body.items()) change_option(options, name, value);
  });
  return done();
}

struct Command {
  std::string_view method;
  std::string_view path;
  Answer (*run)(World&, const Request&);
};

constexpr std::array<Command, 12> commands = {{
    {"GET", "/urls", get_urls},
    {"GET", "/journal", get_journal},
    {"DELETE", "/journal", delete_journal},
    {"GET", "/summary", get_summary},
    {"GET", "/faults", get_faults},
    {"POST", "/faults", post_faults},
    {"DELETE", "/faults", delete_faults},
    {"GET", "/clock", get_clock},
    {"POST", "/clock", post_clock},
    {"POST", "/links/expire", post_expire},
    {"GET", "/files", get_files},
    {"POST", "/options", post_options},
}};

}  // namespace

Answer answer_admin(World& world, const Request& request) {
  for (const Command& command : commands) {
    if (command.method != request.method || command.path != request.path) continue;
    try {
      return command.run(world, request);
    } catch (const std::exception& problem) {
      return error_text(400, problem.what());
    }
  }
  return error_text(404, "no such command");
}

}  // namespace standin
