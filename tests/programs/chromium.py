"""chromium.py - a headless Chromium, led through a pipe: pages as a person would see them."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --disable-default-apps --disable-extensions --disable-dev-shm-usage"
    " --force-color-profile=srgb --remote-debugging-pipe"
).split()


def above(descriptor):
    """The same file, where it can not be in the way of 3 and 4, which Chromium reads and writes."""
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return high


class Chromium:
    """With `with`: its end is the browser's, and that of all it has stored."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp()
        its_in, ours_out = (above(one) for one in os.pipe())
        ours_in, its_out = (above(one) for one in os.pipe())

        def hand_over():
            os.dup2(its_in, 3)
            os.dup2(its_out, 4)

        with open(os.path.join(self.profile, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["chromium", *FLAGS, "--user-data-dir=" + self.profile, "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(3, 4),
                preexec_fn=hand_over,
            )
        os.close(its_in)
        os.close(its_out)
        self.out = os.fdopen(ours_out, "wb", buffering=0)
        self.into = os.fdopen(ours_in, "rb", buffering=0)
        self.read = b""
        self.count = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(domain + ".enable")
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.call("Browser.close")
        except EOFError:
            pass
        self.process.wait(60)
        self.out.close()
        self.into.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.read:
            piece = self.into.read(1 << 16)
            if not piece:
                with open(os.path.join(self.profile, "log"), "rb") as log:
                    raise EOFError(log.read().decode(errors="replace"))
            self.read += piece
        message, self.read = self.read.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def open(self, url, width=1280, height=900, scheme="light"):
        """Loads it, in a window of that size; returns the URLs that were asked for."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.events = []
        navigation = self.call("Page.navigate", url=url)
        assert "errorText" not in navigation, navigation
        while not any(one.get("method") == "Page.loadEventFired" for one in self.events):
            self.events.append(self.receive())
        return [
            one["params"]["request"]["url"]
            for one in self.events
            if one.get("method") == "Network.requestWillBeSent"
        ]

    def complaints(self):
        """What the console has said since open(): refused resources, errors of scripts."""
        return [
            one["params"]["entry"]["text"]
            for one in self.events
            if one.get("method") == "Log.entryAdded"
        ]

    def ask(self, expression):
        """The value of an expression in JavaScript."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def shoot(self, path, whole=True):
        """A picture of the window, or of the whole page, as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
