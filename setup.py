"""Put app.py, pages/ and .streamlit/ into the wheel; they stand at the top, where hosts look."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPage(build_py):
    """Copy the page's files to scratchnet/site, from which ``scratchnet page`` starts them."""

    def run(self):
        super().run()
        if not self.editable_mode:  # there the page is started from the checkout
            for file in (Path("app.py"), *Path("pages").glob("*.py"), Path(".streamlit/config.toml")):
                target = Path(self.build_lib, "scratchnet", "site", file)
                target.parent.mkdir(parents=True, exist_ok=True)
                copyfile(file, target)


setup(cmdclass={"build_py": BuildWithPage})
