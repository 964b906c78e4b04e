// SPDX-License-Identifier: Apache-2.0

/// How the page looks, in light and in dark; every text has a contrast of 4.5 to 1 or more (WCAG 1.4.3).
enum ReportStyle {
    static let sheet: StaticString = """

        :root { --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --panel: #f6f8fa; --card: #ffffff;
          --good: #1a7f37; --bad: #c62828; --idle: #6e7781;
          --n0: #0969da; --n1: #bc4c00; --n2: #8250df; --n3: #1a7f37; --n4: #bf3989; --n5: #9a6700; --n6: #0a7b83;
          --n7: #57606a; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #0d1117; --text: #e6edf3; --quiet: #9da7b1; --line: #3d444d; --panel: #161b22; --card: #0d1117;
            --good: #3fb950; --bad: #ff7b72; --idle: #9da7b1;
            --n0: #58a6ff; --n1: #f0883e; --n2: #bc8cff; --n3: #3fb950; --n4: #f778ba; --n5: #d29922; --n6: #39c5cf;
            --n7: #9da7b1; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        header, main { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
        header { padding-top: 28px; }
        .kind { margin: 0; color: var(--quiet); }
        h1 { margin: 0 0 8px; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
        h2 { margin: 40px 0 12px; padding-bottom: 4px; border-bottom: 1px solid var(--line); font-size: 1.3rem;
          overflow-wrap: anywhere; }
        pre { margin: 12px 0; padding: 12px 16px; overflow-x: auto; background: var(--panel);
          border: 1px solid var(--line); border-radius: 6px; font: 14px/1.5 ui-monospace, monospace; }
        .scroll { overflow-x: auto; margin: 12px 0 20px; }
        .scroll:focus-visible { outline: 2px solid var(--n0); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
        caption { padding: 8px 0; text-align: left; font-weight: 600; }
        th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
        td { max-width: 48ch; overflow-wrap: break-word; }
        .pairs td { max-width: none; overflow-wrap: anywhere; }
        .pairs td:first-child { width: 14ch; overflow-wrap: normal; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--text); font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
        svg .strong { font-weight: 700; }
        svg .quiet { fill: var(--quiet); }
        svg .engine { fill: var(--panel); stroke: var(--line); }
        svg .card { fill: var(--card); stroke: var(--line); }
        svg .join { fill: var(--card); stroke-width: 2; }
        svg .lane { fill: none; stroke-width: 2; }
        svg .up { fill: var(--good); } svg .down { fill: var(--idle); } svg .ill { fill: var(--bad); }
        svg .n0 { stroke: var(--n0); } svg .n1 { stroke: var(--n1); } svg .n2 { stroke: var(--n2); }
        svg .n3 { stroke: var(--n3); } svg .n4 { stroke: var(--n4); } svg .n5 { stroke: var(--n5); }
        svg .n6 { stroke: var(--n6); } svg .n7 { stroke: var(--n7); }
        .narrow { display: none; }
        @media (max-width: 760px) {
          header, main { padding: 0 16px; } header { padding-top: 20px; }
          .wide { display: none; } .narrow { display: block; }
          table { width: auto; } td { max-width: none; } td, th { white-space: nowrap; }
          .pairs td { white-space: normal; } }
        @media print { .scroll { overflow: visible; } }

        """
}
