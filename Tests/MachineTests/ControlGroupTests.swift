import Foundation
import TestSupport
import Testing

@testable import Machine

@Suite(.timeLimit(.minutes(20))) struct ControlGroupTests {
  /// A machine's control groups as files: paths below the root and their texts.
  static func quota(_ files: [String: String]) throws -> Double? {
    try withFiles(files) { ControlGroup.processorQuota(root: $0) }
  }

  static func memory(_ files: [String: String]) throws -> Int? {
    try withFiles(files) { ControlGroup.availableBytes(root: $0) }
  }

  static func withFiles<Answer>(_ files: [String: String], _ body: (String) -> Answer) throws -> Answer {
    try withTemporaryFolder { folder in
      for (path, text) in files {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      return body(folder.path)
    }
  }

  @Test func versionTwoGrantsQuotaOverPeriod() throws {
    let quota = try Self.quota([
      "proc/self/cgroup": "0::/user.slice/run-1\n", "sys/fs/cgroup/user.slice/run-1/cpu.max": "150000 100000\n",
    ])
    #expect(quota == 1.5)
  }

  @Test func theTightestGroupAboveCounts() throws {
    let quota = try Self.quota([
      "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "sys/fs/cgroup/a/cpu.max": "200000 50000\n", "sys/fs/cgroup/cpu.max": "800000 100000\n",
    ])
    #expect(quota == 4)
  }

  /// In a container the path may be the host's; the limit is at the top of what is mounted.
  @Test func aPathThatIsNotThereLeavesTheTop() throws {
    let quota = try Self.quota([
      "proc/self/cgroup": "0::/docker/abc\n", "sys/fs/cgroup/cpu.max": "300000 100000\n",
    ])
    #expect(quota == 3)
  }

  @Test(arguments: ["cpu", "cpu,cpuacct"])
  func versionOneGrantsQuotaOverPeriod(controllers: String) throws {
    let quota = try Self.quota([
      "proc/self/cgroup": "4:memory:/job\n2:\(controllers):/job\n0::/\n",
      "sys/fs/cgroup/\(controllers)/job/cpu.cfs_quota_us": "250000\n",
      "sys/fs/cgroup/\(controllers)/job/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ])
    #expect(quota == 2.5)
  }

  @Test(arguments: [
    [:], ["proc/self/cgroup": "nonsense\n"], ["proc/self/cgroup": "0::/\n"],
    ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"],
    ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "many 100000\n"],
    ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100000 0\n"],
    ["proc/self/cgroup": "1:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n"],
  ])
  func otherwiseThereIsNoLimit(files: [String: String]) throws {
    #expect(try Self.quota(files) == nil)
  }

  @Test func theTightestMemoryLimitAboveCounts() throws {
    let files = [
      "proc/self/cgroup": "0::/slurm/job/step\n", "sys/fs/cgroup/slurm/job/step/memory.max": "max\n",
      "sys/fs/cgroup/slurm/job/step/memory.current": "100\n", "sys/fs/cgroup/slurm/job/memory.max": "5000\n",
      "sys/fs/cgroup/slurm/job/memory.current": "1200\n", "sys/fs/cgroup/slurm/memory.max": "90000\n",
      "sys/fs/cgroup/slurm/memory.current": "1200\n",
    ]
    #expect(try Self.memory(files) == 3_800)
  }

  @Test func versionOneAllowsLimitLessUsage() throws {
    let files = [
      "proc/self/cgroup": "9:memory:/docker/abc\n2:cpu:/\n0::/\n",
      "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes": "10\n",
      "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "4096\n",
      "sys/fs/cgroup/memory/docker/memory.usage_in_bytes": "96\n",
    ]
    #expect(try Self.memory(files) == 4_000)
  }

  /// In a container the path may be the host's; a group that uses more than its limit allows nothing.
  @Test func anOverfullGroupAtTheTopLeavesNothing() throws {
    let files = [
      "proc/self/cgroup": "0::/docker/abc\n", "sys/fs/cgroup/memory.max": "100\n",
      "sys/fs/cgroup/memory.current": "101\n",
    ]
    #expect(try Self.memory(files) == 0)
  }

  @Test(arguments: [
    [:],
    ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "1\n"],
    ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "100\n"],
    [
      "proc/self/cgroup": "3:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ],
  ])
  func otherwiseMemoryHasNoLimit(files: [String: String]) throws {
    #expect(try Self.memory(files) == nil)
  }
}
