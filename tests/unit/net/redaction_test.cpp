#include "net/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(std::string_view text) {
  const auto url = Url::parse(text);
  EXPECT_TRUE(url) << text;
  return url ? redacted(*url) : std::string();
}

// Links that grant access, each with the secret marked by "s3cret" wherever it stands.
TEST(Redacted, HidesWhatGrantsAccess) {
  for (const std::string_view link : {
           "https://civitai.com/api/download/models/1?token=s3cret",
           "https://civitai.com/api/download/models/1?fileId=2&TOKEN=s3cret&type=Model",
           "https://acc.r2.cloudflarestorage.com/model/1/a.x?X-Amz-Algorithm=AWS4-HMAC-SHA256"
           "&X-Amz-Credential=s3cret%2F20260601%2Fauto%2Fs3%2Faws4_request&X-Amz-Date=20260601T000000Z"
           "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=s3cret&x-amz-security-token=s3cret",
           "https://b2.civitai.com/file/civitai-modelfiles/model/1/a.x?Authorization=3_20260601_s3cret_dnld"
           "&b2ContentDisposition=attachment%3B+filename%3D%22s3cret.safetensors%22",
           "https://s3.us-west-004.backblazeb2.com/b/k?AWSAccessKeyId=s3cret&Expires=1&Signature=s3cret%3D",
           "https://d111.cloudfront.net/a?Expires=1&Signature=s3cret~&Key-Pair-Id=s3cret&Policy=s3cret",
           "https://storage.googleapis.com/b/o?GoogleAccessId=s3cret&X-Goog-Signature=s3cret",
           "https://acc.blob.core.windows.net/c/b?sv=2024&sig=s3cret%2B&se=2026",
           "https://cdn.example/a?hdnts=exp=1~hmac=s3cret",
           "https://cdn.example/a?s3cret",
           "https://cdn.example/a?s3cret=",
           "https://cdn.example/a?s3cret==",
           "https://cdn.example/a?limit=1&s3cret",
           "https://cdn.example/a?tok%65n=s3cret",
           "https://cdn.example/a?limit%3Ds3cret",
           "https://auth.civitai.com/login?returnUrl=%2Fapi%2Fdownload%2Fmodels%2F1%3Ftoken%3Ds3cret",
           "https://civitai.com/api/v1/models?cursor2=s3cret&api_key=s3cret&key=s3cret&password=s3cret",
           "https://civitai.com/a#token=s3cret",
       }) {
    EXPECT_THAT(shown(link), Not(HasSubstr("s3cret"))) << link;
  }
}

TEST(Redacted, ShowsWhatHelpsToUnderstandARequest) {
  EXPECT_EQ(shown("https://civitai.com/api/v1/models?limit=100&types=LORA&types=LoCon&baseModels=SDXL%201.0"
                  "&tag=a&username=b&query=c&sort=Newest&period=Day&nsfw=true&cursor=1%7C2%7C3"),
            "https://civitai.com/api/v1/models?limit=100&types=LORA&types=LoCon&baseModels=SDXL%201.0"
            "&tag=a&username=b&query=c&sort=Newest&period=Day&nsfw=true&cursor=1%7C2%7C3");
  EXPECT_EQ(shown("https://civitai.com/api/download/models/1?fileId=2&token=abc"),
            "https://civitai.com/api/download/models/1?fileId=2&token=[redacted]");
  EXPECT_EQ(shown("http://127.0.0.1:8080/a"), "http://127.0.0.1:8080/a");
}

TEST(Redacted, NamesTheHiddenParameters) {
  EXPECT_EQ(shown("https://h.example/a?X-Amz-Expires=86400&X-Amz-Signature=00ff"),
            "https://h.example/a?X-Amz-Expires=[redacted]&X-Amz-Signature=[redacted]");
}

TEST(Redacted, IsFitForAScreen) {
  const std::string text = shown("https://h.example/%1B[2J?limit=%1b%0a&tag=%E2%80%AE");
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
}

}  // namespace
}  // namespace civitai::net
