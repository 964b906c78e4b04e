// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation

/// Files of a postgres 15 with page checksums, made by `initdb -k`, a checkpoint, a switch of the log, two inserts and between
/// them `alter role postgres password 'Second-pw-2'`; it was ended at once, so the log alone has the second password.
enum PostgresFixture {
    /// `global/1260`, the table of users, with the verifier of `First-pw-1`.
    static var users: [UInt8] { get throws { try unpacked(usersText) } }
    /// The first two pages of the log's last segment, with those of both passwords.
    static var log: [UInt8] { get throws { try unpacked(logText) } }

    private static func unpacked(_ text: String) throws -> [UInt8] {
        var rest = Array(Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())[...]
        let gzip = try GzipDecompressor { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while case let count = try buffer.withUnsafeMutableBytes({ try gzip.read(into: $0) }), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static let usersText = """
        H4sIAAAAAAACA+3Uz24SQRzA8R8FrW2hqbcaL3tAE0OwC1aEJiQuJQ1tXUsp1XpaZ5dxWYFdujsU9NRH8Op/30AfgTfQq3rhEYwv \
        gEO3pjqxJMX1Yn7f5JfNcPnsDJMFACi9vxP6OBeBMvQvgRSR+E8wDyF49nYAEp8PbwZwm8+n1wN4yOfbqwEc8lng8+7lAGQ+/Rd8 \
        nn8PAYZhGIZhGIZhGIZhGIZhGIZh2H9WRFjPQ/QwfE0aTh+vZ/m0HY+ZLvUmNUJ+MOT90Uv8Oy8+BbCzWlHU5E5JSaZvZuLLci6z \
        Iht6uZItpp52exm1V33S0XMb9nY+H5erle1sebeaLbDNdf1+u1FPm+69Tp2uZzYrub29u4W1REXJUHO/m1+htrq18eDWbvHGviIX \
        VctZXcuZiZba28oWllOlniIvpfWS2jp47OV/vpvwrjGIQmhGGoaP1/2LfP+mZtSp0Wg7ls0mOgD/Mdq/6EUFr75w5HmWaZOmphOj \
        Qe1agN6c4H3190d71OgwqnnUPaCu1nYd0yWtALxZwfvie13XOtEeWc2zXa4x3ozgffY9l5LaxNw474LgpWL+/8cI0zyD2Boj+lm5 \
        cd604C3FTvZHms0j2AvwvpwXvOuiRxmzbDOw8zwneEnfazm2xRx30g/Q6V5E8K4u/nI/RxusEUYC9MKCd2Xx9/OchBvnTQneZd8b \
        MTrxqOZ0ber+hfcDoaRfyQAgAAA=
        """
    private static let logText = """
        H4sIAAAAAAACA+2aWWwbRRjHZ2LnTtuEo03vTQ8IhDROmiZOq4hctGnS0OCGNhUS7treOk6c9XZ33Th9qR96cJNCgd6NhHgBCSrE \
        JSHAjwgJUVA5WkCEFyRUhKqqQqgUzDfeXR/bcdLYkfdlP+nz2rs78//Nt/PNjHe3/OsChFHM8lCSVbQ1eo4dKR2BrxgxCHEWZb/w \
        RjB2+iS4dHNFMypHqNFyCVkOFiCUDzuvWhOVdC8IYsdfGF1Ck8sRY2XIvjqob/LsIEZZ2jqUdRV3bLbzp3D/uXfxt3mp+/NQFcLF \
        TDQafVjZ0YbQCCfI2WidKIJ625TvJdpVaUs+I/xZ4rsgxqOAPbENYdT25et461BV2FJDeA/Gfv8C10rwOuVxgcuYtxR8C9LxqraA \
        fEQqu8i2t5xwCSIT5+Vjmy9V3ic06GKrUglWKyR+8HaBTjhegvV9IrV9m0pi7ZNkVvZJss+daftq70+VJ/USuzv2+UUn2VaWKu1b \
        maZ9ncntw2nah9D7y5RttdpQkmdVvh8vkzw7tOxGIs9+hWoq1EKDh4P47Y8wuoEEq5ZnwnkGT51joN8yOHKWwTbwyTMMLge/eJTB \
        beAXjjCYAZ84zGAELhxiUiIaPp36+9opBu8Bv3gSyoNfOAHlwSdeg/PAhVdB8xXQBI8cB03wyZdBEzz8EoOvHYPy4BcnoDz4hReh \
        PPjEC1AeXHgeyj8H5cEjz0J58MlnoDx4+Gko/xSUB0/Nwwo0Hy1BuIiJpyHJF5l1+bmAz5Npv16ibq3oZpRso6phn6DmVyI0ep55 \
        FB73KBvKZlxYHuf5Z9Y8ZRSeUJY8y+I8t2bNU0qNj4+fm/j8O2ueEmp8suNJxOe/WfMU0+IjZ96XiS1VtwVAksyDpJl5ighPsS4+ \
        Wc6pi1QGq6qbHB+k48EoeYVSgZp1PGRuyWV/1vM0UXhy2Z/1PBuo8cldf9bzNNLik8P+rOdZT+MZCvIjTg8rs5nxVMQZLCn9Gd1B \
        f25IyyNx+7LOr7xZ51d9Wp7s5tPZ5jtWeWw6nntLjYmPxlOXlie38dF63jodzz2luV3/6HlqKTy5XP/oeR6i8BgxX2g8NdT45H6+ \
        0HgepMYn9/OFxvMALT4GzBcaTzWNx4D5Qit5f1qe3I6HGs99aXmMGQ/X6ni+W2TseLiGwmPkeLiawmPkeLiKGh/jxsMqanyMGw8Z \
        WnwMHA9XUngkUQq6/FLGMTpepjAUIWtqvntmzvcV6XjInb8Mb23epTJglDo+Y/fM8VlO5RE5fxaXbMk04/NMPMvSxWdOePCseZbq \
        eC4ZPD4vofAYOT4vpvAYOT5XUuNj3Pi8iBof48bnhbT4GDg+30XhgWx3B3jex+8NZMSzOM5QqluvhlJ4PrDczlOo47licL4XUHiM \
        zPd8Co+R+W6lxse4fLdQ42NcvufR4mNgvmMKjyCysixKM8mWf52vVMco64pHZiqwMM6mFJzufyvYq2S5ATVPWNR1SwlCm578+Hfy \
        PHMPiMafZ2rPuJW/w9WvB1WqyErtiebUeTuKgH9321N4OLWoMv7kWXt6kbhrpxxPucu5SuXao7abHO39+cOmaNHR37a4nVaLVlkh \
        Qt/DGX+r57UB/7VNn9US/uOFA8gSLlBO/EN97yE6n3x2v7MNfwUD5QCKVBJ+UsV80Jg4P4UY8AvnplAb+MWzU2gP+LUzUygMXg4+ \
        eXoK2cAjp8BPXseRE9fx97o2L0BlYUs1Ey1Uf5OHyEJAkr0iJ2XaA7FisSu6BvR2dDra+2p3dLfXNmxoWtNoa2naOLi3p2Oob1vj \
        bvuYEKjp6RbqGg6wj7W2rmne0rKreUdT//iwvG2wZ6A35OnZaWMD4y1sj6vFY28YfcRXX8/u5no3u1s3cjWjneMNB0Suprdu9/jO \
        hi2j3E6H227zsf5d/dvHhocdfu/wo118syPQqvKQ4CbHANofsazOefttble/w95Vf2As1NQXGhgPulp6eNJ+24DjMXv/4wP2Drl3 \
        q2uXMDLU4BV3Boe4rU29jpbBwUc7Ntc42ps4774xaD/ft71nd/PjXev3tdu6+nyBzs0t3prRvtB2e0djfXeo3VbX4OruG90/LLVS \
        Mx6heagslvFaN41UxN50cA9x7hEh4OMzegVFFVH+9aRamU5vqFx5s8Ln5Vm/08W6RzjeM4d6pTq9H5X2cSHOHZQ5p8SJ+znRKYgB \
        r8iOzoFeiU7viqI3JvoSant9/tl1rmn0inV6lxU9kWM9GctNp1ek06ufF38zxim5Wd4ZW45Jc3b9CnV6dfMS7WP9/piwNIf9pUCn \
        t06vx8myj/fOWTzzdXq1it5ogPfJATHTASi9nlWnd19lUv8kDczkRvQ0ehad3trK1HhmdN97Gr08nd5SRY/IuFiJcwbGeE7MQk+Z \
        f5U9sbfSHOqEwlQp83oYDl1975NvovavRrbG5v9ipCxMyAIlDykvghGbsK79XZtyYgvJxfxPCc1N4D+Q9UJ1Yr3z+a03/0RMCbp9 \
        qaMsTCyxgCu2Si3f/0BiXfLWWmZbtOjT8NakdYlppplmmmmmmWaaaaaZZppppplmmmmmmWaaaaZNZ/8Dccu1QgBAAAA=
        """
}
