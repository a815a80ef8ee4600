"""Images and videos: all of them, named after their bytes, never twice."""

import json
import pathlib
import unittest

from support import INTERRUPT, EndToEnd, names

# The galleries of the two versions, and what the bytes are whatever the site calls them.
FIRST = {500: "png", 501: "jpg", 502: "png", 503: "webp", 504: "gif", 505: "avif", 506: "jpg", 507: "png", 508: "jpg",
         509: "jpg", 510: "jpg"}
SECOND = {520: "jpg", 521: "mp4", 522: "webm", 523: "mp4", 524: "jpg"}
MAGIC = {"jpg": (0, b"\xff\xd8\xff"), "png": (0, b"\x89PNG"), "webp": (8, b"WEBP"), "gif": (0, b"GIF8"),
         "avif": (4, b"ftypavif"), "mp4": (4, b"ftyp"), "webm": (0, b"\x1a\x45\xdf\xa3")}


class Images(EndToEnd):
    def images(self, *arguments, code=0, **more):
        outcome = self.place.run("images", "--api-delay", 0, *arguments, **more)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def saved(self, folder=None):
        """{image id: path below the folder}, whatever lies there."""
        folder = folder or self.place.downloads / "images"
        return {int(pathlib.Path(name).stem): name for name in names(folder)
                if pathlib.Path(name).stem.isdigit() and not name.endswith(".json")}

    def asked_for_bytes(self):
        return len(self.site.journal("image_bytes"))


class Gallery(Images):
    site_arguments = ("--catalogue", "gallery")

    def test_the_bytes_name_the_file_and_a_model_is_walked_by_version(self):
        outcome = self.images("--model-id", 50, "--limit", 0)
        saved = self.saved()
        self.assertEqual({number: pathlib.Path(name).suffix[1:] for number, name in saved.items()}, FIRST | SECOND)
        for name in saved.values():
            path = self.place.downloads / "images" / name
            at, magic = MAGIC[path.suffix[1:]]
            self.assertEqual(path.read_bytes()[at:at + len(magic)], magic, name)
        for entry in self.site.journal("images"):
            self.assertNotIn("modelId=", entry["target"])
        self.assertIn("16 saved", outcome.err)
        self.assert_no_leak()

    def test_authors_get_safe_folders(self):
        self.images("--model-version-id", 51, "--limit", 0)
        saved = self.saved()
        self.assertEqual(saved[501], "aya_draws/sdxl_1.0/501.jpg")
        self.assertEqual(saved[506], "90210/sdxl_1.0/506.jpg")
        self.assertEqual(saved[507], "unknown_author/unknown_base_model/507.png")
        self.assertEqual(saved[510], "unknown_author/sdxl_1.0/510.jpg")
        self.assertEqual({path.name for path in self.place.root.iterdir()}, {"home", "work"})
        self.assertNotIn("..", pathlib.Path(saved[508]).parts)
        self.assertNotIn(pathlib.Path(saved[509]).parts[0].lower(), ("con", ".."))

    def test_nothing_is_fetched_twice(self):
        self.images("--model-id", 50, "--limit", 0)
        self.site.clear_journal()
        (self.place.downloads / "images").rename(self.place.downloads / "moved")
        outcome = self.images("--model-id", 50, "--limit", 0, "-o", "elsewhere")
        self.assertIn("16 saved before", outcome.err)
        self.assertEqual(self.asked_for_bytes(), 0)
        self.images("--model-id", 50, "--limit", 0, "-o", "elsewhere", "--no-archive")
        self.assertEqual(len(self.saved(self.place.folder / "elsewhere")), 16)

    def test_stops_at_what_is_known(self):
        self.images("--model-version-id", 52, "--limit", 0, "--sort", "Oldest", "--max-pages", 1)
        outcome = self.images("--model-version-id", 52, "--limit", 0, "--stop-at-known")
        self.assertIn("stopped at an image that was saved before", outcome.err)

    def test_levels_mean_what_a_person_expects(self):
        levels = {500: 1, 501: 1, 502: 2, 503: 4, 504: 8, 505: 16, 506: 1, 507: 1, 508: 1, 509: 1, 510: 1}
        for flags, bits in [(("--nsfw", "None"), 1), (("--nsfw", "Soft"), 3), (("--nsfw", "Mature"), 7),
                            (("--nsfw", "true"), 31), (("--nsfw", ""), 31), (("--browsing-level", "R,X"), 12),
                            (("--browsing-level", "16"), 16)]:
            report = self.images("--model-version-id", 51, "--limit", 0, "--dry-run", "--json", *flags).json()
            found = {item["image_id"] for item in report["plan"]["items"]}
            self.assertEqual(found, {number for number, level in levels.items() if level & bits}, flags)

    def test_type_base_model_and_one_image(self):
        for flags, expected in [(("--model-id", 50, "--type", "video"), {521, 522, 523}),
                                (("--model-id", 50, "--base-model", "Pony"), set(SECOND)),
                                (("--image-id", 504), {504})]:
            report = self.images("--limit", 0, "--dry-run", "--json", *flags).json()
            self.assertEqual({item["image_id"] for item in report["plan"]["items"]}, expected, flags)

    def test_metadata_is_the_item_as_received_and_its_page(self):
        self.images("--image-id", 501, "--metadata")
        document = json.loads((self.place.downloads / "images/aya_draws/sdxl_1.0/501.json").read_text())
        self.assertEqual(next(iter(document)), "page_url")
        self.assertEqual(document.pop("page_url"), "https://civitai.com/images/501")
        raw = json.loads(self.site.raw("/api/v1/images?imageId=501&browsingLevel=31&withMeta=true"))["items"][0]
        self.assertEqual(document, raw)
        self.assertIn("harbor at dawn", json.dumps(document["meta"]))

    def test_images_that_were_saved_without_metadata_get_it_later(self):
        self.images("--model-version-id", 51, "--limit", 0)
        folder = self.place.downloads / "images"
        (folder / self.saved()[504]).unlink()
        self.site.clear_journal()
        outcome = self.images("--model-version-id", 51, "--limit", 0, "--metadata", "-o", "elsewhere")
        self.assertIn("10 JSON documents written", outcome.err)
        self.assertEqual(self.asked_for_bytes(), 0)
        document = json.loads((folder / self.saved()[501]).with_suffix(".json").read_text())
        self.assertEqual((document["id"], document["page_url"]), (501, "https://civitai.com/images/501"))
        self.assertEqual(len([name for name in names(folder) if name.endswith(".json")]), 10, "none without its image")
        again = self.images("--model-version-id", 51, "--limit", 0, "--metadata", "--dry-run")
        self.assertNotIn("JSON", again.err)

    def test_one_image_that_is_not_there_is_an_error(self):
        outcome = self.images("--image-id", 99999, code=4)
        self.assertIn("image 99999: the site does not list it", outcome.err)
        self.site.fault("images=replace-text:501=>777")
        self.images("--image-id", 501, code=4)
        self.assertEqual(self.saved(), {})

    def test_a_broken_picture_is_an_error_and_no_file(self):
        for fault, told in [("image_bytes=html-200@1-2", "a web page came instead of the picture"),
                            ("image_bytes=body:broken@1", "what came is no picture"),
                            ("image_bytes=status:404@1-2", "the site does not have it any more")]:
            with self.subTest(fault):
                self.site.clear_faults()
                self.site.fault(fault)
                folder = fault.replace("=", "-").replace(":", "-")
                outcome = self.images("--model-version-id", 52, "--limit", 0, "-o", folder, "--no-archive", "-c", 1,
                                      code=7)
                self.assertEqual(len(self.saved(self.place.folder / folder)), 4, outcome)
                self.assertEqual([name for name in names(self.place.folder / folder) if name.endswith(".tmp")], [])
                self.assertIn("1 failed", outcome.err)
                self.assertIn(told, outcome.err)


class OfModels(Images):
    site_arguments = ("--catalogue", "gallery")

    def pictures(self):
        return {name for name in names(self.place.downloads) if "/images/" in name}

    def test_versions_and_models_bring_their_own_pictures(self):
        flags = ("--model-id", 50, "--all-versions", "--version-images", "--model-info", "--model-images")
        self.download(*flags)
        first, second = "lora/sdxl_1.0/lying_pictures", "lora/pony/lying_pictures"
        own = {f"{first}/51-lying_v1/images/500.png", f"{second}/52-lying_v2/images/520.jpg"}
        pictures = self.pictures()
        self.assertLessEqual(own, pictures)
        of_model = {name for name in pictures - own}
        self.assertEqual({tuple(name.split("/")[-3:]) for name in of_model},
                         {("images", "51", "500.png"), ("images", "52", "520.jpg")})
        self.site.clear_journal()
        self.download(*flags)
        self.assertEqual(self.asked_for_bytes(), 0)

    def test_all_images_are_more_than_the_versions_own(self):
        self.download("--model-version-id", 52, "--version-images", "--all-images", "--nsfw")
        self.assertEqual({name.split("/")[-1] for name in self.pictures()},
                         {f"{number}.{extension}" for number, extension in SECOND.items()})

    def test_pictures_are_counted_before_and_fetched_once_in_their_life(self):
        flags = ("--model-version-id", 52, "--version-images")
        plan = self.download(*flags, "--dry-run", "--json").json()["plan"]["images"]
        self.assertEqual((plan["to_download"], plan["here"], len(plan["items"])), (1, 0, 1))
        self.assertIn("images of models: 1 to download", self.download(*flags, "--dry-run").out)
        self.assertEqual((self.asked_for_bytes(), self.pictures()), (0, set()))
        self.download(*flags)
        self.assertEqual(self.asked_for_bytes(), 1)
        (self.place.downloads / self.pictures().pop()).unlink()
        self.assertIn("1 here already", self.download(*flags).err)
        self.assertEqual((self.asked_for_bytes(), self.pictures()), (1, set()))
        self.download(*flags, "--no-archive")
        self.assertEqual((self.asked_for_bytes(), len(self.pictures())), (2, 1))

    def test_a_picture_that_lies_elsewhere_is_copied(self):
        self.images("--model-version-id", 52, "--limit", 0)
        self.site.clear_journal()
        flags = ("--model-version-id", 52, "--version-images")
        self.assertIn("0 to download, 1 to copy", self.download(*flags, "--dry-run").out)
        self.download(*flags)
        self.assertEqual(self.asked_for_bytes(), 0)
        own = next(name for name in self.pictures() if "/52-" in name)
        self.assertEqual((self.place.downloads / own).read_bytes(),
                         (self.place.downloads / "images" / self.saved()[520]).read_bytes())

    def test_a_picture_that_cannot_be_had_is_told(self):
        self.site.fault("image_bytes=status:404")
        report = self.download("--model-version-id", 52, "--version-images", "--json", code=7).json()
        self.assertEqual(report["report"]["downloaded"], 1)
        self.assertEqual(report["images"]["failed"], 1)


class Many(Images):
    site_arguments = ("--pictures", "5000x1KiB", "--page-size-cap", "100")

    def setUp(self):
        super().setUp()
        self.site.options(page_size_cap=100)

    def test_a_long_list_is_whole_and_says_where_it_is_not(self):
        self.site.fault("images=empty-page@25", "images=same-cursor@50")
        report = self.images("-u", "aya_draws", "--limit", 0, "--json", code=5).json()
        self.assertEqual(report["scan"]["pages"], 50)
        self.assertEqual(report["report"]["saved"], 4900)
        self.assertTrue(report["scan"]["gave_up"])
        self.assertEqual(len(report["scan"]["notices"]), 1)
        self.assertIn("same cursor twice", report["scan"]["notices"][0])
        self.assertEqual(len(self.saved()), 4900)

    def test_an_interrupted_run_shows_no_half_pictures_and_is_continued(self):
        self.site.fault("image_bytes=throttle:400@100-")
        run = self.place.start("images", "-u", "aya_draws", "--limit", 200, "--api-delay", 0)
        self.site.wait_for("image_bytes", 105)
        run.signal(INTERRUPT)
        outcome = run.finish()
        self.assertEqual(outcome.code, 130, outcome)
        folder = self.place.downloads / "images"
        for name in self.saved().values():
            self.assertGreaterEqual((folder / name).stat().st_size, 1024)
        self.site.clear_faults()
        self.images("-u", "aya_draws", "--limit", 200)
        self.assertEqual(len(self.saved()), 200)
        self.assertEqual([name for name in names(folder) if name.endswith(".tmp")], [])


if __name__ == "__main__":
    unittest.main()
