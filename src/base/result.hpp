// Result and Error: how every fallible function of the program answers.
//
// A `Result<T>` holds a T or an Error. An Error has a kind (what sort of trouble: it decides the exit code and whether
// to go on), a message (lower-case start, names the thing, no full stop) and an optional hint (what the person can do).
// Layers add context on the way up with `with_context`. Values only: safe to copy between threads.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace civitai {

enum class ErrorKind {
  internal,        // a bug, or a system call that never fails failed
  usage,           // wrong flag, wrong value, wrong configuration
  authentication,  // no key, a refused key, or no grant for this item
  not_found,       // the site does not have it
  network,         // transport, server or a malformed answer: trying again later makes sense
  insecure,        // the other side cannot be trusted: certificate, downgrade, a secret asked to cross hosts
  rate_limited,    // the site asked us to slow down
  verification,    // bytes arrived but are not what was promised
  disk_full,       // no space left, or a quota of the file system
  io,              // any other trouble with files or the database
  busy,            // another process holds it: trying again later makes sense
  cancelled,       // the person asked to stop
  skipped,         // this item cannot be had (withdrawn, switched off); nothing is wrong on our side
};

[[nodiscard]] std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string hint;

  // The same error, told from one layer further up: "context: message".
  [[nodiscard]] Error with_context(std::string_view context) const;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

// Success without a value, or an Error.
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Passes the error of `failed` on, with context.
template <class T>
[[nodiscard]] tl::unexpected<Error> fail(const Result<T>& failed, std::string_view context) {
  return tl::unexpected<Error>(failed.error().with_context(context));
}

// An error made of errno (or another system error number): "what: no space left on device". Kind disk_full for ENOSPC
// and EDQUOT, io otherwise.
[[nodiscard]] Error system_error(int error_number, std::string_view what);

}  // namespace civitai
