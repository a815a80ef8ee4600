// What we make, given from one libtorrent session to another over loopback.
#include "unit/torrent/support.hpp"

#include <gtest/gtest.h>
#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/session_params.hpp>

#include <chrono>

namespace civitai::torrent {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

using test::folder;
using test::made;
using test::TempDir;

lt::session quiet_session() {
  lt::settings_pack settings;
  settings.set_str(lt::settings_pack::listen_interfaces, "127.0.0.1:0");
  for (const int feature : {lt::settings_pack::enable_dht, lt::settings_pack::enable_lsd,
                            lt::settings_pack::enable_upnp, lt::settings_pack::enable_natpmp}) {
    settings.set_bool(feature, false);
  }
  settings.set_int(lt::settings_pack::alert_mask, lt::alert_category::status | lt::alert_category::error);
  return lt::session(lt::session_params(settings));
}

lt::torrent_handle add(lt::session& session, const std::string& content, const std::filesystem::path& folder) {
  lt::add_torrent_params parameters = lt::load_torrent_buffer(content);
  parameters.save_path = folder.string();
  parameters.flags &= ~(lt::torrent_flags::paused | lt::torrent_flags::auto_managed);
  return session.add_torrent(parameters);
}

// Waits until the session tells of the torrent what `Alert` stands for.
template <class Alert>
bool wait_for(lt::session& session) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < end) {
    session.wait_for_alert(std::chrono::seconds(1));
    std::vector<lt::alert*> alerts;
    session.pop_alerts(&alerts);
    for (const lt::alert* alert : alerts) {
      if (lt::alert_cast<Alert>(alert) != nullptr) return true;
    }
  }
  return false;
}

class Transfer : public ::testing::TestWithParam<Protocol> {};

TEST_P(Transfer, ArrivesWholeFromPeerToPeer) {
  if (sanitized) GTEST_SKIP() << "the library's own threads were not built for the sanitizers";
  const TempDir source;
  const TempDir target;
  const Recipe recipe = folder(source, {{"a", 700'001}, {"b/c", 65'536}, {"b/d", 5}}, GetParam());
  const std::string content = made(recipe).content;
  lt::session seeder = quiet_session();
  const lt::torrent_handle seed = add(seeder, content, source.path());
  ASSERT_TRUE(wait_for<lt::torrent_finished_alert>(seeder)) << "the seeder finds its files whole";
  lt::session leecher = quiet_session();
  const lt::torrent_handle leech = add(leecher, content, target.path());
  leech.connect_peer({lt::make_address("127.0.0.1"), seeder.listen_port()});
  ASSERT_TRUE(wait_for<lt::torrent_finished_alert>(leecher));
  leech.flush_cache();
  ASSERT_TRUE(wait_for<lt::cache_flushed_alert>(leecher));
  for (const char* const name : {"set/a", "set/b/c", "set/b/d"}) {
    EXPECT_EQ(target.read(name), source.read(name)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Protocols, Transfer, ::testing::Values(Protocol::v1, Protocol::v2, Protocol::hybrid),
                         [](const auto& one) { return std::string(to_string(one.param)); });

}  // namespace
}  // namespace civitai::torrent
