"""The contact sheet in a browser: it opens from the disk, searches, shows the right prompt, and asks nobody."""

import unittest

from browser import CHROMEDRIVER, CHROMIUM, Browser
from support import EndToEnd, wait_until


class Page(EndToEnd):
    site_arguments = ("--catalogue", "gallery")

    def setUp(self):
        super().setUp()
        if not CHROMEDRIVER or not CHROMIUM:
            self.fail("chromium and chromedriver are missing: run scripts/install-deps test")
        outcome = self.place.run("images", "--model-id", 50, "--limit", 0, "--gallery", "--api-delay", 0)
        self.assertEqual(outcome.code, 0, outcome)
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        self.browser.open(self.place.downloads / "images" / "index.html")

    def cards(self):
        return self.browser.run("return document.querySelectorAll('.card').length")

    def expect_cards(self, wanted):
        wait_until(lambda: self.cards() == wanted, f"{wanted} cards are shown")

    def expect_focus(self, wanted):
        wait_until(lambda: self.focused() == wanted, f"{wanted} has the focus")

    def focused(self):
        return self.browser.run("return document.activeElement.dataset.index || document.activeElement.id")

    def test_a_person_looks_through_the_pictures(self):
        browser = self.browser
        self.expect_cards(16)
        wait_until(lambda: browser.run("return [...document.images].some((one) => one.naturalWidth > 0)"),
                   "a thumbnail is drawn from its file")

        browser.press("/")
        self.expect_focus("search")
        browser.press(*"HARBOR dawn")
        self.expect_cards(1)
        browser.press("enter", "enter")
        wait_until(lambda: browser.run("return document.getElementById('viewer').open"), "the picture is shown")
        self.assertEqual(browser.run("return document.querySelector('#facts .prompt').textContent"),
                         "harbor at dawn, film photograph")
        self.assertEqual(browser.run("return document.querySelector('#facts a').href"),
                         "https://civitai.com/images/501")
        self.assertIn("seed", browser.run("return document.querySelector('#facts table').textContent"))
        browser.press("escape")
        self.expect_focus("0")
        self.assertFalse(browser.run("return document.getElementById('viewer').open"))

        browser.run("const box = document.getElementById('search'); box.value = ''; "
                    "box.dispatchEvent(new Event('input')); box.blur(); return 0")
        browser.press("right")
        self.expect_focus("0")
        browser.press("right", "right")
        self.expect_focus("2")

        browser.run("const box = document.getElementById('search'); box.value = 'onerror'; "
                    "box.dispatchEvent(new Event('input')); return 0")
        self.expect_cards(1)
        browser.click(".card")
        wait_until(lambda: browser.run("return document.getElementById('viewer').open"), "the picture is shown")
        shown = browser.run("return document.querySelector('#facts .prompt').textContent")
        self.assertTrue(shown.startswith("</script><script>document.title"), shown)
        self.assertEqual(browser.run("return document.title"), "Gallery")

        asked = browser.requests()
        self.assertIn(True, [address.endswith("/501.jpg") for address in asked])
        # Beside the files, the browser has opened its own first page.
        self.assertEqual([address for address in asked if not address.startswith(("file:", "chrome:", "data:"))], [])
        self.assertEqual([line for line in browser.complaints() if "Content Security Policy" in line], [])


if __name__ == "__main__":
    unittest.main()
