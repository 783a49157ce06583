import Foundation

/// The limits on processor time and memory that a container or a service runs under (cgroups, version 1 or 2): those of the
/// process's own group and of all groups above it.
enum ControlGroup {
  /// The processors' worth of time that the groups grant; nil where none sets a limit.
  ///
  /// - Parameter root: the folder that holds `proc` and `sys`.
  static func processorQuota(root: String = "/") -> Double? {
    folders(of: "cpu", root: root).compactMap { folder in
      // Quota and period in microseconds: version 2 says "max" for no limit, version 1 says -1.
      if let fields = text(root, "\(folder)/cpu.max")?.split(whereSeparator: \.isWhitespace), fields.count == 2
      {
        return ratio(fields[0], fields[1])
      }
      guard let quota = text(root, "\(folder)/cpu.cfs_quota_us"),
        let period = text(root, "\(folder)/cpu.cfs_period_us")
      else { return nil }
      return ratio(quota[...], period[...])
    }.min()
  }

  /// The bytes that the groups still allow: of each limit what is not in use; nil where none sets a limit.
  static func availableBytes(root: String = "/") -> Int? {
    folders(of: "memory", root: root).compactMap { folder in
      func number(_ name: String) -> Int? {
        text(root, "\(folder)/\(name)").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      }
      // Version 2 says "max" for no limit, version 1 a number next to 2⁶³; what has no limit is the system's to give.
      guard let limit = number("memory.max") ?? number("memory.limit_in_bytes"), limit < 1 << 60,
        let used = number("memory.current") ?? number("memory.usage_in_bytes")
      else { return nil }
      return max(0, limit - used)
    }.min()
  }

  /// The folders below `root` of the groups that hold a controller's limits for this process.
  private static func folders(of controller: Substring, root: String) -> [String] {
    guard let groups = text(root, "proc/self/cgroup") else { return [] }
    return groups.split(separator: "\n").flatMap { line -> [String] in
      // hierarchy:controllers:path; version 2 has no controllers here.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      if fields[1].isEmpty { return lineage(of: fields[2]).map { "sys/fs/cgroup/\($0)" } }
      guard fields[1].split(separator: ",").contains(controller) else { return [] }
      let mounts = Set([String(controller), String(fields[1])])
      return mounts.flatMap { mount in lineage(of: fields[2]).map { "sys/fs/cgroup/\(mount)/\($0)" } }
    }
  }

  /// A group's path, and those of all groups above it. Within a container the path may be one of the host's that is
  /// not there; then only the top is.
  private static func lineage(of path: Substring) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { parts[..<$0].joined(separator: "/") }
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
