// The stand-in site: an HTTP server on loopback that behaves as Civitai does, for tests, demonstration and measurement.
//
//   standin::Catalogue catalogue;
//   catalogue.add({.name = "Meridian Mix", .versions = {{.files = {{.name = "meridian.safetensors", .size = 1 <<
//   20}}}}}); standin::Site site({}, std::move(catalogue)); site.faults().add("storage=reset-after:65536@1"); …
//   site.api_url() … EXPECT_TRUE(site.journal().leaks().empty());
//
// Three listeners (API, storage, images) on ports of their own, so that a credential that crosses hosts is seen; a
// fourth for control when asked for. Safe to use from several threads. The destructor stops everything at once, stalled
// connections included.
#pragma once

#include "site/catalogue.hpp"
#include "site/fault.hpp"
#include "site/journal.hpp"
#include "site/options.hpp"

#include <functional>
#include <memory>
#include <string>

namespace standin {

class Site {
 public:
  // Listens when the constructor returns. Throws std::system_error when a port cannot be had.
  explicit Site(Options options = {}, Catalogue catalogue = {});
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // "http://127.0.0.1:41234", without a slash at the end. admin_url is empty when there is no such listener.
  [[nodiscard]] std::string api_url() const;
  [[nodiscard]] std::string storage_url() const;
  [[nodiscard]] std::string images_url() const;
  [[nodiscard]] std::string admin_url() const;

  [[nodiscard]] Journal& journal();
  [[nodiscard]] Faults& faults();

  [[nodiscard]] Options options() const;
  void change_options(const std::function<void(Options&)>& change);

  // The catalogue, with its lock held. Do not call the site from inside.
  void change(const std::function<void(Catalogue&)>& change);
  void look(const std::function<void(const Catalogue&)>& look) const;

  // The site's clock runs with the real one, ahead by what was added here. Links expire by it.
  [[nodiscard]] civitai::SystemTime now() const;
  void advance_clock(civitai::Milliseconds by);
  // Every link given out so far dies now.
  void expire_links();

  // Connections to a closed door are refused; open_door listens on the same port again. Open connections go on.
  void close_door(Place place);
  void open_door(Place place);
  // Cuts every connection that is open at the place.
  void drop_connections(Place place);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace standin
