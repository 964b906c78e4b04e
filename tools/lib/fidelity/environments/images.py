# SPDX-License-Identifier: Apache-2.0
"""Images and their names."""

from __future__ import annotations

from ..world import BUSYBOX, IMAGE_PREFIX, World
from . import environment


@environment("I-05", quick=True, stores=True)
def moved_tag(world: World) -> None:
    image = world.image("moved", "LABEL version=old")
    world.container("old", image=image)
    world.image("moved", "LABEL version=new")
    world.container("new", image=image)


@environment("I-05, I-14", stores=True)
def dangling_image(world: World) -> None:
    image = world.image("dangling", "LABEL will=dangle")
    world.container("a", image=image)
    world.api.delete(f"/images/{image}", {"force": "1"})


@environment("I-05, I-11", stores=True)
def many_tags(world: World) -> None:
    image = world.image("tags", "LABEL many=tags")
    for tag in ("one", "two", "latest"):
        world.api.post(f"/images/{image}/tag", query={"repo": f"{IMAGE_PREFIX}tags", "tag": tag})
        world.images.append(f"{IMAGE_PREFIX}tags:{tag}")
    world.api.post(f"/images/{image}/tag", query={"repo": f"{IMAGE_PREFIX}other/deep", "tag": "v1.0-rc_1"})
    world.images.append(f"{IMAGE_PREFIX}other/deep:v1.0-rc_1")
    world.container("by-tag", image=f"{IMAGE_PREFIX}tags:two")
    world.container("short", image=f"{IMAGE_PREFIX}tags")


@environment("I-04", stores=True)
def image_by_id(world: World) -> None:
    identifier = world.api.image(BUSYBOX)["Id"]
    world.container("full", image=identifier)
    world.container("short", image=identifier.removeprefix("sha256:")[:12])
    world.container("bare", image="busybox")


@environment("I-06, I-13", stores=True)
def layers_of_images(world: World) -> None:
    image = world.image(
        "layers", "RUN echo one >/one && touch -d '2002-02-02 02:02:02' /one", "RUN rm /one && echo two >/two",
        "ENV LAYER=empty", "RUN ln -s two /three; mkfifo /pipe; chmod 4755 /two")
    world.container("a", image=image)
    world.container("b", image=world.image("child", "LABEL same=base"))


@environment("checklist: OnBuild, Shell, Healthcheck, Volumes of images", stores=True)
def image_configuration(world: World) -> None:
    image = world.image(
        "config", "MAINTAINER someone <a@b.test>", 'SHELL ["/bin/sh", "-euc"]', "ONBUILD RUN echo later", "EXPOSE 1/tcp 2/udp",
        'VOLUME ["/v1", "/v 2"]', "LABEL a=b c.d=\"e f\"", "STOPSIGNAL 9", "USER 65534:1", "WORKDIR /w", "ENV P=q R=\"s t\"",
        "HEALTHCHECK --interval=1h --timeout=9s --start-period=1h --retries=8 CMD [\"true\"]", 'ENTRYPOINT ["sleep"]', 'CMD ["1000000"]')
    world.container("a", image=image, command=None)
