#include "site/site.hpp"

#include "site/admin.hpp"
#include "site/api.hpp"
#include "site/images.hpp"
#include "site/listener.hpp"
#include "site/serve.hpp"
#include "site/storage.hpp"
#include "site/world.hpp"

#include <array>
#include <mutex>
#include <utility>

namespace standin {

class Site::Implementation {
 public:
  Implementation(Options options, Catalogue catalogue) : world(std::move(options), std::move(catalogue)) {
    const auto settings = world.options();
    const std::unique_lock lock(starting_);
    open(Place::api, *settings, settings->ports.api, answer_api);
    open(Place::storage, *settings, settings->ports.storage, answer_storage);
    open(Place::images, *settings, settings->ports.images, answer_images);
    if (settings->admin) open(Place::admin, *settings, settings->ports.admin, answer_admin);
    world.urls = {.api = url(Place::api),
                  .storage = url(Place::storage),
                  .images = url(Place::images),
                  .admin = url(Place::admin)};
  }

  [[nodiscard]] std::string url(Place place) const {
    const auto& listener = listeners_.at(static_cast<std::size_t>(place));
    return listener ? listener->url() : std::string{};
  }

  template <class Use>
  void with_listener(Place place, Use use) {
    if (const auto& listener = listeners_.at(static_cast<std::size_t>(place))) use(*listener);
  }

  World world;

 private:
  void open(Place place, const Options& settings, std::uint16_t port, Answer (*answerer)(World&, const Request&)) {
    listeners_.at(static_cast<std::size_t>(place)) = std::make_unique<Listener>(
        place, settings.address, port, world.journal, [this, answerer](Wire& wire, const Request& request) {
          // Nobody is answered before every address is known.
          { const std::scoped_lock wait(starting_); }
          return serve(world, answerer, wire, request);
        });
  }

  std::mutex starting_;
  std::array<std::unique_ptr<Listener>, 4> listeners_;  // last: their threads use the world
};

Site::Site(Options options, Catalogue catalogue)
    : implementation_(std::make_unique<Implementation>(std::move(options), std::move(catalogue))) {}
Site::~Site() = default;

std::string Site::api_url() const { return implementation_->url(Place::api); }
std::string Site::storage_url() const { return implementation_->url(Place::storage); }
std::string Site::images_url() const { return implementation_->url(Place::images); }
std::string Site::admin_url() const { return implementation_->url(Place::admin); }

Journal& Site::journal() { return implementation_->world.journal; }
Faults& Site::faults() { return implementation_->world.faults; }

Options Site::options() const { return *implementation_->world.options(); }
void Site::change_options(const std::function<void(Options&)>& change) {
  implementation_->world.change_options(change);
}

void Site::change(const std::function<void(Catalogue&)>& change) { implementation_->world.change(change); }
void Site::look(const std::function<void(const Catalogue&)>& look) const { implementation_->world.read(look); }

civitai::SystemTime Site::now() const { return implementation_->world.now(); }
void Site::advance_clock(civitai::Milliseconds by) { implementation_->world.advance_clock(by); }
void Site::expire_links() { implementation_->world.links.expire_all(); }

void Site::close_door(Place place) {
  implementation_->with_listener(place, [](Listener& listener) { listener.close_door(); });
}
void Site::open_door(Place place) {
  implementation_->with_listener(place, [](Listener& listener) { listener.open_door(); });
}
void Site::drop_connections(Place place) {
  implementation_->with_listener(place, [](Listener& listener) { listener.drop_connections(); });
}

}  // namespace standin
