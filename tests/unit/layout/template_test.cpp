#include "base/text.hpp"
#include "layout/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::layout {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

// One model with one version and one file, and the paths that templates give them.
struct Case {
  Model model;
  ModelVersion version;
  ModelFile file;

  [[nodiscard]] std::string path(std::string_view text = default_file_template) const {
    const auto parsed = Template::parse(text);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed->path_of_file(model, version, file, file.name).native();
  }
  [[nodiscard]] std::string info_path(std::string_view text = default_model_info_template) const {
    const auto parsed = Template::parse(text);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed->path_of_model(model, version).native();
  }
};

ModelVersion make_version(std::int64_t id, std::string_view name, std::string_view base_model) {
  ModelVersion made;
  made.id = VersionId{id};
  made.name = name;
  made.base_model = base_model;
  return made;
}

Case make_case() {
  Case made;
  made.model.id = ModelId{1};
  made.model.name = "Dream Weaver: XL (v2.0)";
  made.model.type = "LORA";
  made.model.creator = "Some One";
  made.version = make_version(101, "v1.0 - final", "SDXL 1.0");
  made.file.id = FileId{9001};
  made.file.name = "DreamWeaver XL v2.0.safetensors";
  return made;
}

Case with_file_name(std::string_view name) {
  Case made = make_case();
  made.file.name = name;
  return made;
}

std::string leaf_of(std::string_view file_name) { return Path(with_file_name(file_name).path()).filename().native(); }

std::string repeated(std::string_view what, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += what;
  return result;
}

TEST(ImageFolders, AreThoseOfTheOriginalProgram) {
  Model model;
  model.id = {9100200};
  model.name = "Paper Lantern";
  model.type = "LORA";
  ModelVersion version;
  version.id = {9200201};
  version.base_model = "SDXL 1.0";
  ModelFile file;
  file.id = {9300042};
  file.name = "paperLantern_v1.safetensors";
  EXPECT_EQ(version_images_folder(model, version, file), "lora/sdxl_1.0/paper_lantern/9200201-paperlantern_v1/images");
  EXPECT_EQ(model_images_folder(model, version), "lora/sdxl_1.0/paper_lantern/images");
}

TEST(DefaultTemplate, FilesAnOrdinaryModel) {
  EXPECT_EQ(make_case().path(),
            "lora/sdxl_1.0/dream_weaver-xl_v2.0/1-dreamweaver_xl_v2.0/v1.0-final/101_DreamWeaver XL v2.0.safetensors");
  EXPECT_EQ(make_case().info_path(), "lora/sdxl_1.0/dream_weaver-xl_v2.0/1-dream_weaver-xl_v2.0.json");
}

TEST(DefaultTemplate, KeepsTheScriptOfTheFileNameAndLetsTheIdStandInForTheVersion) {
  Case one = with_file_name("水墨画_v1.safetensors");
  one.model.id = ModelId{2};
  one.model.name = "水墨画 Style — Été";
  one.version = make_version(102, "测试版", "Illustrious");
  EXPECT_EQ(one.path(), "lora/illustrious/style_t/2-v1/version-102/102_水墨画_v1.safetensors");
  EXPECT_EQ(one.info_path(), "lora/illustrious/style_t/2-style_t.json");
}

TEST(DefaultTemplate, KeepsSlashesAndDotsOfTheSiteInsideOneComponent) {
  Case one = with_file_name("a/b c.safetensors");
  one.model.id = ModelId{3};
  one.model.name = "A/B\\C ../ test";
  one.model.type = "Checkpoint";
  one.version = make_version(103, "1/2", "SD 1.5 LCM");
  EXPECT_EQ(one.path(), "checkpoint/sd_1.5_lcm/abc_.._test/3-b_c/12/103_b c.safetensors");
}

TEST(DefaultTemplate, EndsNoFolderWithADot) {
  Case one = with_file_name("wait...v1.safetensors");
  one.model.id = ModelId{4};
  one.model.name = "Wait... v1.";
  one.version = make_version(104, "v1..2", "Flux.1 D");
  EXPECT_EQ(one.path(), "lora/flux.1_d/wait..._v1/4-wait...v1/v1..2/104_wait...v1.safetensors");
  EXPECT_EQ(one.info_path(), "lora/flux.1_d/wait..._v1/4-wait..._v1..json");
}

TEST(DefaultTemplate, FilesAModelWithoutAnyReadableName) {
  Case one = with_file_name("model");
  one.model.id = ModelId{6};
  one.model.name = "🔥🔥";
  one.model.type = "TextualInversion";
  one.version = make_version(106, "", "");
  EXPECT_EQ(one.path(), "textualinversion/unknown-base/model-6/6-model/version-106/106_model");
  EXPECT_EQ(one.info_path(), "textualinversion/unknown-base/model-6/6-model-6.json");
}

TEST(DefaultTemplate, FilesWhatTheSiteSaysNothingAbout) {
  EXPECT_EQ(Case{}.path(), "unknown-type/unknown-base/model-0/0-file-0/version-0/0_file-0");
  EXPECT_EQ(Case{}.info_path(), "unknown-type/unknown-base/model-0/0-model-0.json");
}

TEST(DefaultTemplate, KeepsModelsApartWhoseNamesHaveNoSlug) {
  Case one = make_case();
  Case other = make_case();
  one.model.name = "水墨画";
  other.model.name = "🔥";
  other.model.id = ModelId{2};
  EXPECT_THAT(one.path(), HasSubstr("/model-1/"));
  EXPECT_THAT(other.path(), HasSubstr("/model-2/"));
}

TEST(DefaultTemplate, FoldsSeparatorsAsExistingFoldersDo) {
  Case one = with_file_name("x--y.safetensors");
  one.model.id = ModelId{8};
  one.model.name = "a-_-b -- c__d";
  one.version = make_version(108, "new", "SD 1.5");
  EXPECT_EQ(one.path(), "lora/sd_1.5/a--b-c_d/8-x-y/new/108_x--y.safetensors");
}

TEST(Template, TellsTheModelFromAPathThatItMade) {
  struct Told {
    std::string_view text;
    Path path;
    std::int64_t model;
  };
  const Told cases[] = {
      {default_file_template, "/d/lora/sdxl/night/42-night_v1/v1/77_night.json", 42},
      {"{modelID}/{versionID}_{fileName}.{ext}", "/d/42/77_night.json", 42},
      {"{type}/{modelName}-{modelID}/{fileName}.{ext}", "/d/lora/night-3-42/night.json", 42},
      {"m{modelID}/{fileName}.{ext}", "/d/M42/night.json", 42},
      {"{type}/{modelID}_{fileName}.{ext}", "/d/lora/42_night.json", 42},
      {"{modelName}{modelID}/{fileName}.{ext}", "/d/night342/night.json", 0},
      {"{modelID}/{fileName}.{ext}", "/d/42b/night.json", 0},
      {"{modelID}/{fileName}.{ext}", "night.json", 0},
      {"{type}/{fileName}.{ext}", "/d/42/night.json", 0},
  };
  for (const Told& one : cases) {
    EXPECT_EQ(Template::parse(one.text).value().told_by(one.path).model.value, one.model) << one.text;
  }
  EXPECT_EQ(Template::parse(default_file_template).value().told_by(cases[0].path).model_name, "night");
}

struct HostileName {
  std::string_view given;
  std::string_view leaf;
};

TEST(HostileFileName, StaysOneHarmlessComponent) {
  const HostileName rows[] = {
      {"../../evil.safetensors", "101_evil.safetensors"},
      {"/etc/passwd", "101_passwd"},
      {"..\\..\\evil.safetensors", "101_evil.safetensors"},
      {"CON.safetensors", "101__CON.safetensors"},
      {"a\0b.pt"sv, "101_ab.pt"},
      {"a\nb.pt", "101_ab.pt"},
      {"🔥🔥.pt", "101_🔥🔥.pt"},
      {"x\u202Esrotensafes.exe", "101_xsrotensafes.exe"},
      {"trailing...", "101_trailing"},
      {"trailing. .", "101_trailing"},
      {"a%2F..%2Fb.pt", "101_a%2F..%2Fb.pt"},
      {"a:b|c?.pt", "101_a_b_c_.pt"},
      {"///", "101_file-9001"},
      {"..", "101_file-9001"},
      {"", "101_file-9001"},
      {"\u200B", "101_file-9001"},
      {"no-extension", "101_no-extension"},
      {".safetensors", "101_.safetensors"},
      {"broken\xFF.pt", "101_broken\uFFFD.pt"},
      {"half.tmp", "101_half_tmp"},
      {"HALF.TMP", "101_HALF_TMP"},
  };
  for (const HostileName& row : rows) EXPECT_EQ(leaf_of(row.given), row.leaf) << "given: " << row.given;
}

TEST(HostileFileName, IsCutButKeepsItsExtension) {
  const std::string leaf = leaf_of(repeated("é", 300) + ".safetensors");
  EXPECT_EQ(leaf, "101_" + repeated("é", 101) + ".safetensors");
  EXPECT_LE(leaf.size(), longest_leaf);
  EXPECT_EQ(leaf_of(repeated("x", 5000)).size(), longest_leaf);
}

TEST(HostileFileName, GivesAFolderThatIsSafeToo) {
  EXPECT_THAT(with_file_name("../..").path(), HasSubstr("/1-file-9001/"));
  EXPECT_THAT(with_file_name("水墨画.safetensors").path(), HasSubstr("/1-file-9001/"));
}

TEST(HostileFileName, GivesWayToTheNameOfTheRecord) {
  const Case one = make_case();
  const auto parsed = Template::parse("{fileName}.{ext}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->path_of_file(one.model, one.version, one.file, "sent by server.ckpt"), "sent by server.ckpt");
  EXPECT_EQ(parsed->path_of_file(one.model, one.version, one.file, "/.."), "DreamWeaver XL v2.0.safetensors");
}

TEST(HostileModel, NeverLeavesItsRoot) {
  const std::string long_name = repeated("x", 300);
  const std::string long_accents = repeated("é1", 300);
  for (const std::string_view hostile : {".."sv, "."sv, "..."sv, "../.."sv, "/etc"sv, "\\\\host\\share"sv, "con"sv,
                                         "NUL"sv, "aux.v1"sv, "v1. "sv, "\u202E"sv, "a\0b"sv, "\n"sv, "{modelID}"sv,
                                         ".-."sv, std::string_view(long_name), std::string_view(long_accents)}) {
    SCOPED_TRACE(hostile);
    Case one = with_file_name(hostile);
    one.model.name = one.model.type = one.model.creator = hostile;
    one.version.name = one.version.base_model = hostile;
    for (const std::string& text : {one.path(), one.info_path(), one.path("{creator}/{ext}/{type}.{ext}")}) {
      const Path path = text;
      EXPECT_TRUE(path.is_relative());
      EXPECT_EQ(path, path.lexically_normal());
      for (const Path& component : path) {
        EXPECT_EQ(os::safe_component(component.native()), component.native());
        EXPECT_FALSE(component.empty());
        EXPECT_LE(component.native().size(), os::longest_component);
      }
    }
  }
}

TEST(HostileModel, CannotNameADeviceOrAParent) {
  Case one = make_case();
  one.model.name = "CON";
  EXPECT_EQ(one.path("{modelName}/{fileID}"), "_con/9001");
  one.model.name = "..";
  EXPECT_EQ(one.path("{modelName}/{fileID}"), "model-1/9001");
  one.model.name = "...";
  EXPECT_EQ(one.path("{modelName}/{fileID}"), "model-1/9001");
}

TEST(HostileModel, HidesNothing) {
  Case one = with_file_name(".config.safetensors");
  one.model.name = ".hidden";
  EXPECT_EQ(one.path("{modelName}/{fileName}.{ext}"), "_.hidden/_.config.safetensors");
  EXPECT_EQ(one.path("x{modelName}/{fileID}"), "x.hidden/9001");
  EXPECT_EQ(one.path(".{type}/.{fileID}"), ".lora/.9001") << "whoever writes a dot wants it";
}

TEST(UserTemplate, FillsEveryPlaceholder) {
  const Case one = make_case();
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"{type}", "lora"},
      {"{baseModel}", "sdxl_1.0"},
      {"{modelName}", "dream_weaver-xl_v2.0"},
      {"{modelID}", "1"},
      {"{modelNameSlug}", "dream_weaver-xl_v2.0"},
      {"{versionName}", "v1.0-final"},
      {"{versionID}", "101"},
      {"{fileName}", "DreamWeaver XL v2.0"},
      {"{fileNameSlug}", "dreamweaver_xl_v2.0"},
      {"{fileID}", "9001"},
      {"{ext}", "safetensors"},
      {"{creator}", "some_one"},
      {"{modelType}", "lora"},
      {"{creatorName}", "some_one"},
      {"{MODELID}-{modelid}-{modelId}", "1-1-1"},
      {"{fileName}/{fileName}", "dreamweaver_xl_v2.0/DreamWeaver XL v2.0"},
      {"{ext}/{fileID}.{ext}", "safetensors/9001.safetensors"},
  };
  for (const auto& [text, path] : rows) EXPECT_EQ(one.path(text), path) << "template: " << text;
}

TEST(UserTemplate, KeepsLiteralTextAndSkipsEmptyComponents) {
  const Case one = make_case();
  EXPECT_EQ(one.path("Stable Diffusion/./My {type}s//{fileName}.{ext}"),
            "Stable Diffusion/My loras/DreamWeaver XL v2.0.safetensors");
  EXPECT_EQ(one.path("a: b?/{fileID}"), "a_ b_/9001");
}

TEST(UserTemplate, LeavesNoDotWhereThereIsNoExtension) {
  const Case one = with_file_name("model");
  EXPECT_EQ(one.path("{fileName}.{ext}"), "model");
  EXPECT_EQ(one.path("{ext}/{fileName}"), "no-extension/model");
  EXPECT_EQ(one.path("{ext}"), "file-9001");
}

TEST(UserTemplate, NamesTheModelsOwnFile) {
  const Case one = make_case();
  EXPECT_EQ(one.info_path("info/{modelID}_{fileName}.{ext}"), "info/1_dream_weaver-xl_v2.0.json");
  EXPECT_EQ(one.info_path("{creator}/{fileID}.json"), "some_one/1.json");
}

TEST(TemplateParse, NamesTheUnknownPlaceholderAndListsTheKnownOnes) {
  const auto parsed = Template::parse("{type}/{modlName}/{fileID}");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
  EXPECT_THAT(parsed.error().message, HasSubstr("unknown placeholder '{modlName}'"));
  EXPECT_THAT(parsed.error().hint, HasSubstr("did you mean {modelName}?"));
  for (const std::string_view known :
       {"{type}", "{baseModel}", "{modelName}", "{modelID}", "{modelNameSlug}", "{versionName}", "{versionID}",
        "{fileName}", "{fileNameSlug}", "{fileID}", "{ext}", "{creator}"}) {
    EXPECT_THAT(parsed.error().hint, HasSubstr(std::string(known)));
  }
}

TEST(TemplateParse, RefusesWhatCannotBeAPathBelowTheRoot) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", "is empty"},
      {"  ", "is empty"},
      {"/abs/{fileID}", "is absolute"},
      {"../{fileID}", "leaves its folder"},
      {"a/../{fileID}", "leaves its folder"},
      {"{type}/", "ends with a folder"},
      {"{type}\\{fileID}", "has a backslash"},
      {".", "names no file"},
      {"./.", "names no file"},
      {".../{fileID}", "which is no name"},
      {". ./{fileID}", "which is no name"},
      {"{type", "braces that do not match"},
      {"type}", "braces that do not match"},
      {"{type}}", "braces that do not match"},
      {"{{type}", "braces that do not match"},
      {"{type/fileID}", "braces that do not match"},
      {"{}", "unknown placeholder '{}'"},
  };
  for (const auto& [text, why] : rows) {
    const auto parsed = Template::parse(text);
    ASSERT_FALSE(parsed) << "template: " << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
    EXPECT_THAT(parsed.error().message, HasSubstr(std::string(why)));
  }
}

TEST(TemplateParse, ReadsTheDefaults) {
  EXPECT_TRUE(Template::parse(default_file_template));
  EXPECT_TRUE(Template::parse(default_model_info_template));
}

}  // namespace
}  // namespace civitai::layout
