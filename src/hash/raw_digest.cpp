#include "hash/raw_digest.hpp"

#include <openssl/evp.h>

#include <new>
#include <stdexcept>

namespace civitai::hash {
namespace {

// OpenSSL only fails where memory or its own installation does: there is no error that a caller could act on.
void require(int openssl_answer) {
  if (openssl_answer != 1) throw std::runtime_error("OpenSSL cannot compute a digest");
}

}  // namespace

void RawDigest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

RawDigest::RawDigest(RawAlgorithm algorithm) : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  const EVP_MD* const kind = algorithm == RawAlgorithm::sha1 ? EVP_sha1() : EVP_sha256();
  require(EVP_DigestInit_ex2(context_.get(), kind, nullptr));
}

void RawDigest::update(std::span<const std::byte> data) {
  require(EVP_DigestUpdate(context_.get(), data.data(), data.size()));
}

void RawDigest::finish(std::span<std::byte> digest) {
  const auto size = static_cast<std::size_t>(EVP_MD_CTX_get_size(context_.get()));
  if (digest.size() < size) throw std::logic_error("no room for a digest");
  require(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr));
  require(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr));
}

}  // namespace civitai::hash
