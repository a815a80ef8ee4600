#include "engine/image_item.hpp"

#include "api/urls.hpp"
#include "base/format.hpp"
#include "domain/media.hpp"
#include "engine/transfer.hpp"
#include "os/publish.hpp"
#include "store/gzip.hpp"
#include "store/image_archive.hpp"

#include <array>
#include <utility>

namespace civitai::engine {
namespace {

// A link that is refused may be a moment's mood of the storage; a picture that is gone is refused for ever.
constexpr int most_refusals = 2;

constexpr std::uint64_t copy_step = 1UL << 20;

Result<MediaKind> kind_of(const PartialFile& partial, std::uint64_t length) {
  std::array<char, media_head> head{};
  const auto got = partial.read(0, std::as_writable_bytes(std::span(head)));
  if (!got) return fail(got.error());
  const auto kind = media_kind_of({head.data(), *got}, length);
  if (kind) return *kind;
  return fail(ErrorKind::verification, "what came is no picture, video or sound, or only a piece of one",
              "run again later; a proxy or VPN on the way may be the cause");
}

class ImageBringer {
 public:
  ImageBringer(const ImageItem& item, std::size_t index, const Tools& tools, const std::stop_token& stop)
      : item_(item), image_(item.found.image), index_(index), tools_(tools), stop_(stop) {}

  // Some videos come as a still picture, unless they are asked for in another way.
  Result<ArrivedImage> fetch() {
    for (const api::ImageForm form :
         {api::ImageForm::original, api::ImageForm::full_quality, api::ImageForm::transcoded}) {
      auto transferred = transfer(job(form), tools_, stop_);
      if (!transferred) return fail(transferred.error());
      const auto kind = kind_of(transferred->partial, transferred->digests.length);
      if (!kind) {
        static_cast<void>(transferred->partial.discard());
        return fail(kind.error());
      }
      if (image_.media_type != "video" || is_moving(*kind)) {
        return arrived(std::move(transferred->partial), *kind, transferred->digests.length);
      }
      if (auto status = transferred->partial.discard(); !status) return fail(status.error());
      tools_.log.debug("image {}: a video came as a still picture", image_.id.value);
    }
    return fail(ErrorKind::network, "the site gives a still picture in place of this video", "try again later");
  }

  // nullopt: it cannot be had that way.
  std::optional<ArrivedImage> copy(const os::Path& from) const {
    const auto source = tools_.files.open(from, os::OpenMode::read);
    if (!source) return std::nullopt;
    auto partial = PartialFile::open(tools_.files, place(), "copy", "");
    if (!partial) return std::nullopt;
    const std::uint64_t length = partial->start_over() ? copy_bytes(*source, from, *partial) : 0;
    const auto kind = kind_of(*partial, length);
    if (kind) return arrived(std::move(*partial), *kind, length);
    static_cast<void>(partial->discard());
    return std::nullopt;
  }

 private:
  os::Path place() const { return partial_path(item_.stem, format("{}", image_.id.value)); }

  TransferJob job(api::ImageForm form) const {
    TransferJob job;
    job.item = index_;
    job.name = format("image {}", image_.id.value);
    job.identity = format("image-{}-{}", image_.id.value, static_cast<int>(form));
    job.partial = place();
    job.link = [this, form](const std::stop_token&) -> Result<api::DownloadLink> {
      auto url = api::image_url(image_, form);
      if (!url) return fail(url.error());
      return api::DownloadLink{std::move(*url), {}};
    };
    job.expected = Expected::small;
    job.kinds = hash::Kinds::none;  // the site tells none to compare with
    job.on_refusal = [this, refusals = 0](const SegmentEnd& end) mutable -> Status {
      return ++refusals < most_refusals ? Status{} : refused(end);
    };
    return job;
  }

  Status refused(const SegmentEnd& end) const {
    if (end.kind != SegmentEnd::Kind::web_page) {
      return fail(ErrorKind::not_found, "the site does not have it any more, or does not give it out");
    }
    return fail(
        ErrorKind::network, "a web page came instead of the picture: a log-in, a check or a block on the way",
        format("open {} in a browser to see whether it is there; with a proxy or VPN, try without; then run again",
               api::image_page_url(image_.id)));
  }

  ArrivedImage arrived(PartialFile partial, MediaKind kind, std::uint64_t length) const {
    ArrivedImage arrived{.index = index_, .item = &item_, .path = item_.stem, .size = {length}};
    arrived.path += format(".{}", extension_of(kind));
    arrived.partial = std::move(partial);
    return arrived;
  }

  // How many; 0 when something went wrong.
  std::uint64_t copy_bytes(const os::FileHandle& source, const os::Path& from, const PartialFile& partial) const {
    std::vector<std::byte> buffer(copy_step);
    for (std::uint64_t done = 0; !stop_.stop_requested();) {
      const auto got = os::read_at(source, from, done, buffer);
      if (!got) return 0;
      if (*got == 0) return done;
      if (!partial.write(done, std::span(buffer).first(*got))) return 0;
      done += *got;
    }
    return 0;
  }

  const ImageItem& item_;
  const Image& image_;
  std::size_t index_;
  const Tools& tools_;
  const std::stop_token& stop_;
};

// The item as received, with one member more in front.
std::string with_page_url(std::string_view item, ImageId id) {
  const std::size_t brace = item.find('{');
  const std::string_view rest = brace == std::string_view::npos ? "}" : item.substr(brace + 1);
  const bool empty = rest.find_first_not_of(" \t\r\n") == rest.find('}');
  return format("{{\"page_url\":\"{}\"{}{}", api::image_page_url(id), empty ? "" : ",", rest);
}

// What is to be written, and where; `written` is a promise that has yet to be kept.
Result<DocumentFate> draft(const ImageItem& item, os::Text& text) {
  const ImageId id = item.found.image.id;
  const auto raw = store::decompress(item.found.document, store::largest_image_document);
  if (!raw) return fail(raw.error());
  text.content = with_page_url(*raw, id);
  text.path = item.stem;
  text.path += ".json";
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(text.path, ignored))) return DocumentFate::written;
  const auto present = os::read_text(text.path, ByteCount{store::largest_image_document});
  if (present && *present == text.content) return DocumentFate::unchanged;
  const auto known = present ? api::read_image(*present) : Result<Image>(fail(present.error()));
  return known && known->id == id ? DocumentFate::written : DocumentFate::kept_foreign;
}

}  // namespace

Result<ArrivedImage> bring_image(const ImageItem& item, std::size_t index, const Tools& tools,
                                 const std::stop_token& stop) {
  if (item.present) {
    const auto size = os::file_size(*item.present);
    if (!size) return fail(size.error());
    return ArrivedImage{.index = index, .item = &item, .path = *item.present, .size = *size};
  }
  ImageBringer bringer(item, index, tools, stop);
  auto copied = item.copy_of ? bringer.copy(*item.copy_of) : std::nullopt;
  return copied ? std::move(*copied) : bringer.fetch();
}

std::vector<Result<DocumentFate>> write_image_documents(std::span<const ImageItem* const> items,
                                                        os::FileSystem& files) {
  std::vector<Result<DocumentFate>> fates;
  std::vector<os::Text> texts;
  std::vector<std::size_t> owners;
  for (const ImageItem* const item : items) {
    os::Text text;
    auto fate = draft(*item, text);
    if (fate && *fate == DocumentFate::written) {
      owners.push_back(fates.size());
      texts.push_back(std::move(text));
    }
    fates.push_back(std::move(fate));
  }
  const auto statuses = os::publish_texts(files, texts);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (!statuses[i]) fates[owners[i]] = fail(statuses[i].error());
  }
  return fates;
}

}  // namespace civitai::engine
