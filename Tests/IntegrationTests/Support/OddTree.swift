// SPDX-License-Identifier: Apache-2.0

/// A folder full of what simple tools get wrong.
enum OddTree {
    /// Fills a folder that exists; with times that lie in the past, so that nothing passes by chance.
    static func fill(_ folder: String) throws {
        try Command.script(
            #"""
            cd "$1"
            mkdir -p 'a folder/deeper' empty
            printf 'content\n' >'a folder/a file'
            printf 'x' >$'line\nbreak'
            printf 'y' >$'not-utf8-\xff\xfe'
            printf 'wrote' >deeper-than-usual
            for n in $(seq 1 30); do long=${long:-}part-$n-; done; printf 'long' >"${long:0:250}"
            ln 'a folder/a file' 'a folder/deeper/its other name'
            ln 'a folder/a file' third-name
            ln -s 'a folder/a file' link
            ln -s /nowhere/at/all dangling
            truncate -s 20M sparse
            printf 'middle' | dd of=sparse bs=1 seek=10485760 conv=notrunc status=none
            truncate -s 1M all-hole
            head -c 300000 /dev/urandom >random
            mkfifo fifo
            mknod device c 1 3
            printf '#!/bin/sh\n' >setuid && chmod 4755 setuid
            printf 'z' >nobody && chown 65534:1234 nobody && chmod 0604 nobody
            chmod 1777 empty
            setfacl -m u:1234:rwx,g:2345:r-x 'a folder'
            setfacl -d -m u:1234:rw- 'a folder'
            setfacl -m u:99:r-- random
            setfattr -n user.note -v 'any value' random
            setfattr -n user.binary -v 0sAAEC/w== 'a folder/deeper'
            setfattr -n trusted.ours -v kept third-name
            touch -h -d '2001-02-03 04:05:06.123456789Z' link
            touch -d '1969-12-31 23:59:58.5Z' nobody
            touch -d '2038-01-20 00:00:00.000000001Z' random
            touch -d '2011-11-11 11:11:11.111111111Z' 'a folder/deeper' 'a folder' empty .
            """#, folder)
    }
}
