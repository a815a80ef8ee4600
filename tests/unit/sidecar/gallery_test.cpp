#include "sidecar/gallery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace civitai::sidecar {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(GalleryPage, CarriesWhatPeopleWroteAsDataThatCannotEndItsElement) {
  GalleryEntry entry;
  entry.id = {900};
  entry.relative_path = "aya/sdxl_1.0/900.png";
  entry.username = "<img src=x onerror=alert(1)>";
  entry.prompt = "</script><script>alert('owned')</script><!-- & \"quoted\" \xE2\x80\xA8 end";
  entry.settings = {{"</script>", "<b>"}};
  const std::string page = gallery_page(std::vector{entry});

  EXPECT_THAT(page, HasSubstr(R"("path":"aya/sdxl_1.0/900.png")"));
  EXPECT_THAT(page, HasSubstr(R"(\u003c/script\u003e\u003cscript\u003ealert('owned'))"));
  EXPECT_THAT(page, HasSubstr(R"(\u0026 \"quoted\")"));
  EXPECT_THAT(page, Not(HasSubstr("alert('owned')</script>")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("\xE2\x80\xA8")));
}

TEST(GalleryPage, NamesNoOtherHost) {
  const std::string page = gallery_page({});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("src=\"http")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
  EXPECT_THAT(page, HasSubstr(R"({"entries":[]})"));
}

}  // namespace
}  // namespace civitai::sidecar
