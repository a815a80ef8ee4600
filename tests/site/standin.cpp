// civitai-standin: the stand-in site as a program, for demonstration, measurement and tests in other languages.
#include "base/bytes.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "site/documents.hpp"
#include "site/generate.hpp"
#include "site/pictures.hpp"
#include "site/site.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using civitai::Milliseconds;

struct Arguments {
  standin::Options options;
  std::string catalogue = "demo";
  std::size_t models = 100;
  std::uint64_t seed = 1;
  std::vector<std::string> files, tokens, faults, publish;
  std::int64_t latency_ms = 0, link_lifetime = 86'400;
  std::string rate, backend = "r2";
  bool require_login = false, image_redirect = false, no_gzip = false, exit_with_parent = false, list_faults = false;
  std::string ports_file, journal_file, dump_directory, pictures;
};

void declare(CLI::App& app, Arguments& to) {
  app.add_option("--catalogue", to.catalogue, "what to offer: demo, gallery or generated")
      ->check(CLI::IsMember({"demo", "gallery", "generated"}));
  app.add_option("--models", to.models, "models of the generated catalogue (chooses it)");
  app.add_option("--seed", to.seed, "of the generated catalogue");
  app.add_option("--files", to.files, "a catalogue of equal files instead, e.g. 2000x100KiB; may be repeated");
  app.add_option("--pictures", to.pictures, "a catalogue of equal pictures instead, e.g. 2000x100KiB");
  app.add_option("--publish", to.publish,
                 "hashes to publish with --files: autov1 autov2 autov3 sha256 crc32 blake3 none")
      ->delimiter(',');
  app.add_option("--address", to.options.address, "address to listen on");
  app.add_option("--api-port", to.options.ports.api, "0: a free one");
  app.add_option("--storage-port", to.options.ports.storage, "0: a free one");
  app.add_option("--images-port", to.options.ports.images, "0: a free one");
  app.add_option("--admin-port", to.options.ports.admin, "0: a free one");
  app.add_option("--ports-file", to.ports_file, "write the addresses here (JSON) instead of to standard output");
  app.add_option("--token", to.tokens, "KEY=valid|expired|banned|blocked|no-grant|owner; replaces the built-in keys");
  app.add_flag("--require-login", to.require_login, "downloads need a key");
  app.add_option("--link-lifetime", to.link_lifetime, "seconds that a signed link lives");
  app.add_option("--backend", to.backend, "form of the links: r2, b2 or alternating")
      ->check(CLI::IsMember({"r2", "b2", "alternating"}));
  app.add_option("--fault", to.faults, "ROUTE=KIND[:PARAMETER][@FROM-TO][#file:ID]; may be repeated");
  app.add_flag("--list-faults", to.list_faults, "print the kinds of faults and exit");
  app.add_option("--latency", to.latency_ms, "milliseconds before each answer");
  app.add_option("--throttle", to.rate, "bytes per second on one storage connection, e.g. 5MiB");
  app.add_option("--storage-url", to.options.storage_url, "links lead to URL/<file id>, on another server");
  app.add_option("--images-url", to.options.images_url, "pictures lie at URL, on another server");
  app.add_option("--page-size-cap", to.options.page_size_cap, "never more items on a page");
  app.add_option("--download-quota", to.options.download_quota, "links per key");
  app.add_flag("--newest-drops-one", to.options.newest_drops_one, "date-sorted lists lose an item per page boundary");
  app.add_flag("--image-redirect", to.image_redirect, "pictures redirect to a second path");
  app.add_flag("--no-gzip", to.no_gzip, "never compress");
  app.add_option("--journal", to.journal_file, "write every finished request here, one JSON object per line");
  app.add_flag("--exit-with-parent", to.exit_with_parent, "stop when standard input ends or the parent process does");
  app.add_option("--dump-files", to.dump_directory,
                 "write every file's bytes to DIR/<file id>, every picture's to its path below DIR, and exit");
}

standin::HashSet hash_set(const std::vector<std::string>& names) {
  using standin::HashSet;
  static constexpr std::pair<std::string_view, HashSet> known[] = {
      {"autov1", HashSet::autov1}, {"autov2", HashSet::autov2}, {"autov3", HashSet::autov3},
      {"sha256", HashSet::sha256}, {"crc32", HashSet::crc32},   {"blake3", HashSet::blake3},
      {"all", HashSet::all},       {"none", HashSet::none}};
  if (names.empty()) return HashSet::all;
  HashSet set = HashSet::none;
  for (const std::string& name : names) {
    const auto* found =
        std::find_if(std::begin(known), std::end(known), [&](const auto& one) { return one.first == name; });
    if (found == std::end(known)) throw std::invalid_argument("no hash is called '" + name + "'");
    set = set | found->second;
  }
  return set;
}

standin::Catalogue make_catalogue(const Arguments& arguments, bool models_given) {
  if (!arguments.files.empty()) {
    std::vector<standin::FileBatch> batches;
    for (const std::string& text : arguments.files) batches.push_back(standin::parse_batch(text));
    return standin::file_catalogue(batches, hash_set(arguments.publish));
  }
  if (!arguments.pictures.empty()) return standin::picture_catalogue(standin::parse_batch(arguments.pictures));
  if (arguments.catalogue == "gallery") return standin::gallery_catalogue();
  if (models_given || arguments.catalogue == "generated") {
    return standin::generated_catalogue({.models = arguments.models, .seed = arguments.seed});
  }
  return standin::demo_catalogue();
}

standin::Options make_options(Arguments& arguments) {
  standin::Options options = arguments.options;
  options.admin = true;
  options.latency = Milliseconds(arguments.latency_ms);
  options.link_lifetime = std::chrono::seconds(arguments.link_lifetime);
  if (arguments.require_login) options.login = standin::Login::required;
  if (arguments.image_redirect) options.image_redirect = standin::ImageRedirect::to_cache;
  options.gzip = !arguments.no_gzip;
  if (arguments.backend == "b2") options.backend = standin::Backend::b2;
  if (arguments.backend == "alternating") options.backend = standin::Backend::alternating;
  if (!arguments.rate.empty()) {
    const auto rate = civitai::parse_bytes(arguments.rate);
    if (!rate) throw std::invalid_argument("--throttle: " + rate.error().message);
    options.storage_rate = rate->value;
  }
  if (!arguments.tokens.empty()) options.tokens.clear();
  for (const std::string& text : arguments.tokens) {
    const std::size_t equals = text.rfind('=');
    const auto kind = equals == std::string::npos ? std::nullopt : standin::token_kind_from(text.substr(equals + 1));
    if (!kind) throw std::invalid_argument("--token: write KEY=valid, expired, banned, blocked, no-grant or owner");
    options.tokens[text.substr(0, equals)] = *kind;
  }
  return options;
}

// Where the documents say it lies.
void dump_picture(const standin::Image& image, const std::filesystem::path& directory) {
  const std::string url = standin::picture_url("", image, image.uuid + ".jpeg");
  const std::filesystem::path path = directory / url.substr(1);
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << standin::picture_bytes(image.kind, static_cast<std::uint64_t>(image.id), image.size);
  if (!out.flush()) throw std::runtime_error("cannot write below " + directory.string());
}

void dump(const standin::Catalogue& catalogue, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  for (const auto& model : catalogue.models()) {
    for (const auto& version : model.versions) {
      for (const auto& image : version.gallery) dump_picture(image, directory);
      for (const auto& file : version.files) {
        const standin::Content content = file.bytes();
        std::ofstream out(directory / std::to_string(file.id), std::ios::binary);
        for (std::uint64_t at = 0; at < content.size(); at += buffer.size()) {
          const auto count = std::min<std::uint64_t>(buffer.size(), content.size() - at);
          content.read(at, std::span(buffer).first(static_cast<std::size_t>(count)));
          out.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(count));
        }
        if (!out.flush()) throw std::runtime_error("cannot write below " + directory.string());
      }
    }
  }
}

void list_faults() {
  std::string_view group;
  for (const auto& kind : standin::fault_kinds()) {
    if (kind.group != group) std::cout << (group.empty() ? "" : "\n") << (group = kind.group) << '\n';
    std::string name(kind.name);
    if (!kind.parameter.empty()) {
      name += kind.parameter.front() == '[' ? "[:" + std::string(kind.parameter.substr(1))
                                            : ":" + std::string(kind.parameter);
    }
    std::cout << civitai::format("  {:<34} {}\n", name, kind.help);
  }
}

void announce(const standin::Site& site, const std::string& ports_file) {
  const nlohmann::ordered_json urls = {{"api", site.api_url()},
                                       {"storage", site.storage_url()},
                                       {"images", site.images_url()},
                                       {"admin", site.admin_url()}};
  if (ports_file.empty()) {
    std::cout << urls.dump() << std::endl;
    return;
  }
  // Whoever waits for the file finds it whole.
  const std::string unfinished = ports_file + ".new";
  if (!(std::ofstream(unfinished) << urls.dump() << '\n').flush())
    throw std::runtime_error("cannot write " + unfinished);
  std::filesystem::rename(unfinished, ports_file);
}

// Signals are taken here alone; to be called before there is any thread.
int signal_descriptor() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted, signal);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  return signalfd(-1, &wanted, SFD_CLOEXEC);
}

void wait_for_end(int signals, bool with_parent) {
  if (with_parent) prctl(PR_SET_PDEATHSIG, SIGTERM);
  pollfd watched[] = {{.fd = signals, .events = POLLIN, .revents = 0},
                      {.fd = with_parent ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
  for (;;) {
    if (poll(watched, 2, -1) < 0 && errno != EINTR) return;
    if (watched[0].revents != 0) return;
    char ignored[256];
    if (watched[1].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return;
  }
}

int run(Arguments& arguments, bool models_given) {
  if (arguments.list_faults) {
    list_faults();
    return 0;
  }
  standin::Catalogue catalogue = make_catalogue(arguments, models_given);
  if (!arguments.dump_directory.empty()) {
    dump(catalogue, arguments.dump_directory);
    return 0;
  }
  const int signals = signal_descriptor();
  std::ofstream journal;
  if (!arguments.journal_file.empty()) journal.open(arguments.journal_file);
  standin::Site site(make_options(arguments), std::move(catalogue));
  if (journal.is_open()) {
    site.journal().set_listener([&](const standin::JournalEntry& entry) { journal << to_json(entry) << std::endl; });
  }
  for (const std::string& fault : arguments.faults) site.faults().add(fault);
  announce(site, arguments.ports_file);
  wait_for_end(signals, arguments.exit_with_parent);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A stand-in for Civitai on this machine's loopback");
  Arguments arguments;
  declare(app, arguments);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(arguments, app.count("--models") > 0);
  } catch (const std::exception& problem) {
    std::cerr << "civitai-standin: " << problem.what() << '\n';
    return 2;
  }
}
