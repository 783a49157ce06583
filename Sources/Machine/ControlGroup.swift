import Foundation

/// The limit on processor time that a container or a service runs under (cgroups, version 1 or 2).
enum ControlGroup {
  /// The processors' worth of time that the process's group and those above it grant; nil where none sets a limit.
  ///
  /// - Parameter root: the folder that holds `proc` and `sys`.
  static func processorQuota(root: String = "/") -> Double? {
    guard let groups = text(root, "proc/self/cgroup") else { return nil }
    let quotas = groups.split(separator: "\n").flatMap { line -> [Double] in
      // hierarchy:controllers:path; version 2 has no controllers here.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let controllers = fields[1].split(separator: ",")
      if fields[1].isEmpty { return lineage(of: fields[2]).compactMap { unified(root, $0) } }
      guard controllers.contains("cpu") else { return [] }
      let mounts = Set(["cpu", String(fields[1])])
      return mounts.flatMap { mount in lineage(of: fields[2]).compactMap { legacy(root, mount, $0) } }
    }
    return quotas.min()
  }

  /// A group's path, and those of all groups above it. Within a container the path may be one of the host's that is
  /// not there; then only the top is.
  private static func lineage(of path: Substring) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { parts[..<$0].joined(separator: "/") }
  }

  /// `cpu.max`: quota and period in microseconds, or "max" for no limit.
  private static func unified(_ root: String, _ group: String) -> Double? {
    guard let fields = text(root, "sys/fs/cgroup/\(group)/cpu.max")?.split(whereSeparator: \.isWhitespace),
      fields.count == 2
    else { return nil }
    return ratio(fields[0], fields[1])
  }

  /// `cpu.cfs_quota_us` over `cpu.cfs_period_us`; the quota is -1 where there is no limit.
  private static func legacy(_ root: String, _ mount: String, _ group: String) -> Double? {
    let folder = "sys/fs/cgroup/\(mount)/\(group)"
    guard let quota = text(root, "\(folder)/cpu.cfs_quota_us"),
      let period = text(root, "\(folder)/cpu.cfs_period_us")
    else { return nil }
    return ratio(quota[...], period[...])
  }

  private static func ratio(_ quota: Substring, _ period: Substring) -> Double? {
    guard let quota = Double(quota.trimmingCharacters(in: .whitespacesAndNewlines)),
      let period = Double(period.trimmingCharacters(in: .whitespacesAndNewlines)), quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func text(_ root: String, _ path: String) -> String? {
    try? String(contentsOfFile: root.hasSuffix("/") ? root + path : "\(root)/\(path)", encoding: .utf8)
  }
}
