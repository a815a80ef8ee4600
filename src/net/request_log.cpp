#include "net/request_log.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace civitai::net {
namespace {

constexpr std::size_t longest_refusal = 500;

class WatchedExchange final : public Exchange, public ResponseSink {
 public:
  WatchedExchange(const Request& request, const Clock& clock, ResponseSink& sink)
      : what_(format("GET {}{}", redacted(request.url), range_text(request))),
        clock_(clock),
        started_(clock.steady_now()),
        sink_(sink) {}

  void hold(std::unique_ptr<Exchange> inner) { inner_ = std::move(inner); }

  Status on_head(const ResponseHead& head) override {
    status_ = head.status;
    type_ = printable(head.headers.get("Content-Type").value_or("-"));
    return sink_.on_head(head);
  }

  Status on_body(std::span<const std::byte> data) override {
    bytes_ += data.size();
    if (tells_refusal() && refusal_.size() < longest_refusal) {
      const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
      // A little more, so that a cut character shows and is left out.
      refusal_ += text.substr(0, longest_refusal + 4 - std::min(longest_refusal, refusal_.size()));
    }
    return sink_.on_body(data);
  }

  std::string line(const Status& status) const {
    const auto taken = std::chrono::duration_cast<Milliseconds>(clock_.steady_now() - started_);
    std::string text =
        format("{} {} -> {} {} {} bytes {} ms", to_iso8601(clock_.now()), what_, status_, type_, bytes_, taken.count());
    if (!status && status.error().kind != ErrorKind::cancelled) text += " " + printable(status.error().message);
    if (!refusal_.empty()) text += " " + printable(utf8_prefix(refusal_, longest_refusal));
    return text;
  }

 private:
  // Other bodies (a storage's XML, a web page) may repeat the request with its signature.
  bool tells_refusal() const { return status_ >= 400 && contains_ignoring_case(type_, "json"); }

  static std::string range_text(const Request& request) {
    if (!request.range) return {};
    return format(" bytes={}-{}", request.range->first, request.range->last ? format("{}", *request.range->last) : "");
  }

  std::string what_;
  const Clock& clock_;
  SteadyTime started_;
  ResponseSink& sink_;
  int status_ = 0;
  std::string type_ = "-";
  std::uint64_t bytes_ = 0;
  std::string refusal_;
  std::unique_ptr<Exchange> inner_;
};

}  // namespace

std::unique_ptr<Exchange> LoggingClient::start(Request request, ResponseSink& sink, Done done) {
  auto watched = std::make_unique<WatchedExchange>(request, clock_, sink);
  WatchedExchange& watch = *watched;
  watched->hold(inner_.start(std::move(request), watch, [this, &watch, done = std::move(done)](Status status) {
    sink_(watch.line(status));
    done(std::move(status));
  }));
  return watched;
}

}  // namespace civitai::net
