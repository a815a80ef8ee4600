#include "engine/image_item.hpp"

#include "api/urls.hpp"
#include "base/format.hpp"
#include "domain/media.hpp"
#include "engine/transfer.hpp"
#include "os/publish.hpp"
#include "store/gzip.hpp"

#include <array>
#include <utility>

namespace civitai::engine {
namespace {

// A link that is refused may be a moment's mood of the storage; a picture that is gone is refused for ever.
constexpr int most_asks = 2;

class ImageBringer {
 public:
  ImageBringer(const ImageItem& item, std::size_t index, const Tools& tools, const std::stop_token& stop)
      : item_(item), image_(item.found.image), index_(index), tools_(tools), stop_(stop) {}

  // Some videos come as a still picture, unless they are asked for in another way.
  Result<ImageReport> run() {
    for (const api::ImageForm form :
         {api::ImageForm::original, api::ImageForm::full_quality, api::ImageForm::transcoded}) {
      auto transferred = transfer(job(form), tools_, stop_);
      if (!transferred) return fail(transferred.error());
      const auto kind = look_at(*transferred);
      if (!kind) {
        static_cast<void>(transferred->partial.discard());
        return fail(kind.error());
      }
      if (image_.media_type != "video" || is_moving(*kind)) return place(*transferred, *kind);
      if (auto status = transferred->partial.discard(); !status) return fail(status.error());
      tools_.log.debug("image {}: a video came as a still picture", image_.id.value);
    }
    return fail(ErrorKind::network, "the site gives a still picture in place of this video", "try again later");
  }

 private:
  TransferJob job(api::ImageForm form) const {
    const std::string id = format("{}", image_.id.value);
    TransferJob job;
    job.item = index_;
    job.name = "image " + id;
    job.identity = format("image-{}-{}", id, static_cast<int>(form));
    job.partial = partial_path(item_.stem, id);
    job.link = [this, form, asked = 0](const std::stop_token&) mutable -> Result<api::DownloadLink> {
      if (++asked > most_asks) {
        return fail(ErrorKind::not_found, "the site does not have it any more, or does not give it out");
      }
      auto url = api::image_url(image_, form);
      if (!url) return fail(url.error());
      return api::DownloadLink{std::move(*url), {}};
    };
    return job;
  }

  static Result<MediaKind> look_at(const Transferred& transferred) {
    std::array<char, media_head> head{};
    const auto got = transferred.partial.read(0, std::as_writable_bytes(std::span(head)));
    if (!got) return fail(got.error());
    const auto kind = media_kind_of({head.data(), *got}, transferred.digests.length);
    if (kind) return *kind;
    return fail(ErrorKind::verification, "what came is no picture, video or sound, or only a piece of one",
                "run again later; a proxy or VPN on the way may be the cause");
  }

  Result<ImageReport> place(Transferred& transferred, MediaKind kind) {
    tools_.observer.on_phase(index_, Phase::placing);
    os::Path path = item_.stem;
    path += format(".{}", extension_of(kind));
    const auto outcome = transferred.partial.publish(path);
    if (!outcome) return fail(outcome.error());
    const ByteCount size{transferred.digests.length};
    if (*outcome == PartialFile::Outcome::published) {
      return ImageReport{.outcome = ImageReport::Outcome::saved, .path = path, .size = size};
    }
    // Another run has brought it in the meantime, or something else has the name.
    if (auto status = transferred.partial.discard(); !status) return fail(status.error());
    if (const auto there = find_media(item_.stem)) {
      const auto found = os::file_size(*there);
      return ImageReport{.outcome = ImageReport::Outcome::adopted, .path = *there, .size = found.value_or(size)};
    }
    return fail(ErrorKind::io, format("{} is taken by another file", path.string()),
                "move that file away and run again");
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

}  // namespace

Result<ImageReport> bring_image(const ImageItem& item, std::size_t index, const Tools& tools,
                                const std::stop_token& stop) {
  if (item.present) {
    const auto size = os::file_size(*item.present);
    if (!size) return fail(size.error());
    return ImageReport{.outcome = ImageReport::Outcome::adopted, .path = *item.present, .size = *size};
  }
  return ImageBringer(item, index, tools, stop).run();
}

Result<DocumentFate> write_image_document(const ImageItem& item, os::FileSystem& files) {
  const ImageId id = item.found.image.id;
  const auto raw = store::decompress(item.found.document, largest_image_document);
  if (!raw) return fail(raw.error());
  const std::string text = with_page_url(*raw, id);
  os::Path path = item.stem;
  path += ".json";
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    const auto present = os::read_text(path, ByteCount{largest_image_document});
    if (present && *present == text) return DocumentFate::unchanged;
    const auto known = present ? api::read_image(*present) : Result<Image>(fail(present.error()));
    if (!known || known->id != id) return DocumentFate::kept_foreign;
  }
  if (auto status = os::publish_text(files, path, text); !status) return fail(status.error());
  return DocumentFate::written;
}

}  // namespace civitai::engine
