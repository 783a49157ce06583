/// The style of the page: readable at 360 px, in light and in dark, and on paper.
enum PageStyle {
  static let css = """
    :root { --ink: #23272e; --soft: #5c6470; --ground: #ffffff; --card: #f5f6f8; --rule: #d9dce1;
      --good: #2f7d4f; --bad: #b23a33; --neutral: #2f72b8; color-scheme: light dark; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --soft: #a3abb8; --ground: #16191e; --card: #1f242b;
      --rule: #3a414b; --good: #6cc08b; --bad: #ef8178; --neutral: #7ab0ea; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
    main { max-width: 900px; margin: 0 auto; padding: 24px 16px 64px; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; }
    h2 { font-size: 1.2rem; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid var(--rule); }
    p { margin: 8px 0; max-width: 75ch; }
    .soft, figcaption, nav { color: var(--soft); font-size: .9rem; }
    nav a { color: inherit; margin-right: 12px; white-space: nowrap; }
    .verdict { display: grid; gap: 8px; margin: 20px 0; padding: 0; list-style: none; }
    .verdict li { background: var(--card); border-left: 4px solid var(--neutral); border-radius: 4px; padding: 8px 14px; }
    .verdict li.good { border-color: var(--good); } .verdict li.bad { border-color: var(--bad); }
    .verdict b { display: block; font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); }
    figure { margin: 16px 0; }
    .scroll { overflow-x: auto; }
    svg { display: block; width: 100%; min-width: 620px; height: auto; color: var(--ink); font-family: inherit; }
    table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; margin: 8px 0; }
    th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
    th { color: var(--soft); font-weight: 600; } .text { text-align: left; }
    td.text { white-space: normal; min-width: 9em; } tr.main td { font-weight: 600; }
    code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; }
    .missing { background: var(--card); padding: 8px 14px; border-radius: 4px; color: var(--soft); }
    details summary { cursor: pointer; color: var(--soft); }
    @media print { :root { --ink: #000; --soft: #444; --ground: #fff; --card: #f4f4f4; --rule: #ccc; }
      body { font-size: 10.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
      figure, table, .verdict li { break-inside: avoid; } svg { min-width: 0; } h2 { break-after: avoid; } }
    """
}
