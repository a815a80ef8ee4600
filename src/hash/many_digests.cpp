#include "hash/many_digests.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#ifdef CIVITAI_IPSEC_MB
#include <intel-ipsec-mb.h>
#endif

namespace civitai::hash {

#ifdef CIVITAI_IPSEC_MB

class ManyDigests::Lanes {
 public:
  explicit Lanes(RawAlgorithm algorithm) : algorithm_(algorithm), manager_(alloc_mb_mgr(0)) {
    if (!manager_) return;
    // Two streams through the processor's own SHA instructions are nearly as fast as eight lanes of vectors, and need a
    // quarter of the memory.
    if ((manager_->features & IMB_FEATURE_SHANI) != 0) {
      init_mb_mgr_sse(manager_.get());
      count_ = 2;
    } else {
      init_mb_mgr_auto(manager_.get(), nullptr);
      count_ = 8;
    }
    if (imb_get_errno(manager_.get()) != 0) manager_.reset();
  }

  [[nodiscard]] std::size_t count() const { return count_; }

  // False when not every message was hashed.
  bool hash(std::span<const Message> messages) {
    if (!manager_) return false;
    std::size_t done = 0;
    for (const Message& message : messages) {
      IMB_JOB* job = IMB_GET_NEXT_JOB(manager_.get());
      describe(message, *job);
      // The check that is left out refuses messages above 64 KiB, which the lanes themselves can take (`longest`).
      for (job = IMB_SUBMIT_JOB_NOCHECK(manager_.get()); job != nullptr; job = IMB_GET_COMPLETED_JOB(manager_.get())) {
        done += job->status == IMB_STATUS_COMPLETED ? 1U : 0U;
      }
    }
    while (const IMB_JOB* const job = IMB_FLUSH_JOB(manager_.get())) {
      done += job->status == IMB_STATUS_COMPLETED ? 1U : 0U;
    }
    return done == messages.size();
  }

 private:
  struct Free {
    void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
  };

  void describe(const Message& message, IMB_JOB& job) const {
    const bool sha1 = algorithm_ == RawAlgorithm::sha1;
    job.cipher_mode = IMB_CIPHER_NULL;
    job.cipher_direction = IMB_DIR_ENCRYPT;
    job.chain_order = IMB_ORDER_HASH_CIPHER;
    job.hash_alg = sha1 ? IMB_AUTH_SHA_1 : IMB_AUTH_SHA_256;
    job.src = reinterpret_cast<const std::uint8_t*>(message.data.data());
    job.hash_start_src_offset_in_bytes = 0;
    job.msg_len_to_hash_in_bytes = message.data.size();
    job.auth_tag_output = reinterpret_cast<std::uint8_t*>(message.digest.data());
    job.auth_tag_output_len_in_bytes = sha1 ? sha1_size : sha256_size;
  }

  RawAlgorithm algorithm_;
  std::size_t count_ = 1;
  std::unique_ptr<IMB_MGR, Free> manager_;
};

#else

class ManyDigests::Lanes {
 public:
  explicit Lanes(RawAlgorithm /*algorithm*/) {}
  [[nodiscard]] std::size_t count() const { return 1; }
  bool hash(std::span<const Message> /*messages*/) { return false; }
};

#endif

// A library that does not do here what it does elsewhere is not used: it is asked for the longest message in each lane.
ManyDigests::ManyDigests(RawAlgorithm algorithm)
    : single_(algorithm),
      digest_size_(algorithm == RawAlgorithm::sha1 ? sha1_size : sha256_size),
      lanes_(std::make_unique<Lanes>(algorithm)) {
  std::array<std::array<std::byte, sha256_size>, 8> found{};
  std::vector<Message> messages;
  const std::vector<std::byte> data(algorithm == RawAlgorithm::sha1 ? longest : 16UL * 1024);
  for (std::size_t i = 0; i < lanes_->count(); ++i) messages.push_back({data, found.at(i)});
  if (lanes_->count() == 1 || !lanes_->hash(messages)) {
    lanes_.reset();
    return;
  }
  std::array<std::byte, sha256_size> wanted{};
  single_.update(data);
  single_.finish(wanted);
  const auto right = static_cast<std::size_t>(std::count(found.begin(), found.end(), wanted));
  if (right != messages.size()) lanes_.reset();
}

ManyDigests::ManyDigests(ManyDigests&&) noexcept = default;
ManyDigests& ManyDigests::operator=(ManyDigests&&) noexcept = default;
ManyDigests::~ManyDigests() = default;

std::size_t ManyDigests::lanes() const { return lanes_ ? lanes_->count() : 1; }

void ManyDigests::hash(std::span<const Message> messages) {
  bool together = lanes_ != nullptr && messages.size() > 1;
  for (const Message& message : messages) {
    if (message.digest.size() < digest_size_) throw std::logic_error("no room for a digest");
    together = together && message.data.size() <= longest;
  }
  if (together) {
    if (!lanes_->hash(messages)) throw std::runtime_error("the multi-buffer library cannot compute a digest");
    return;
  }
  for (const Message& message : messages) {
    single_.update(message.data);
    single_.finish(message.digest);
  }
}

}  // namespace civitai::hash
