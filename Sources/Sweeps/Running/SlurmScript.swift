import Formatting
import Storage

/// A Slurm job array with a task for every run that can start now.
///
/// What depends on results, such as the learning rates or the held-out run, is not ready yet: when the array is through,
/// `quill sweep run` (or another script) goes on from there.
package struct SlurmScript {
  package let text: String

  /// - Parameter threads: cores of each task.
  /// - Throws: `QuillError` of kind `.usage` where nothing is ready.
  package init(_ folder: SweepFolder, threads: Int) throws {
    let agenda = SweepAgenda(try folder.plan(), try folder.records())
    let ids = agenda.ready.map(\.id)
    guard !ids.isEmpty else {
      throw QuillError(
        .usage, at: folder.path, "no run is ready",
        remedy: "Go on with \(Vocabulary.task(.runSweep())), which takes the sweep to its next phase.")
    }
    text = """
      #!/bin/bash
      # Phase \(agenda.plan.phase.rawValue) of the sweep \(Escaped.line(folder.path)): \(ids.count) runs.
      # Submit it with sbatch in the folder that the sweep was planned in; then make the next script, or go on with
      # 'quill sweep run'. A task that is requeued goes on from its last checkpoint.
      #SBATCH --job-name=quill-sweep
      #SBATCH --array=0-\(ids.count - 1)
      #SBATCH --cpus-per-task=\(threads)
      #SBATCH --requeue
      #SBATCH --signal=TERM@60
      runs=(
        \(ids.map(Escaped.shell).joined(separator: "\n  "))
      )
      exec "${QUILL:-quill}" sweep run \(Escaped.shell(folder.path)) --only "${runs[$SLURM_ARRAY_TASK_ID]}" --threads "$SLURM_CPUS_PER_TASK"

      """
  }
}
