/// A table of text as it stands in a CSV file: names of columns, and records that know their line.
///
/// Commas, semicolons or tabs separate the fields, whichever the header uses most; a field in double quotes may hold separators,
/// line breaks and doubled quotes (RFC 4180). Lines that begin with `#`, and empty ones, are skipped.
package struct CSVTable: Sendable {
  package let place: String
  package let columns: [String]
  package let records: [Record]
  private var positions: [String: Int] = [:]
  /// The positions of columns by their names in lower case.
  private var similarPositions: [String: [Int]] = [:]

  package struct Record: Sendable {
    /// The line in the file that the record begins on, counting from 1.
    package let line: Int
    package let fields: [String]
  }

  /// The fields as a line of a file, without its end: those that would be read otherwise stand in double quotes (RFC 4180).
  package static func line(_ fields: [String]) -> String {
    fields.map { field in
      // On scalars: a quote and the mark that combines with it are one `Character`, which is no quote.
      let scalars = field.unicodeScalars
      let isPlain =
        !scalars.contains { ",\"\n\r".unicodeScalars.contains($0) } && scalars.first != "#"
        && ![" ", "\t"].contains(scalars.first) && ![" ", "\t"].contains(scalars.last)
      return isPlain ? field : "\"" + scalars.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined() + "\""
    }.joined(separator: ",")
  }

  /// - Throws: `.missingInput` where there is no such file; `.badData` where it is not a table.
  package init(file: String) throws(QuillError) {
    let bytes = try MappedFile.withBytes(of: file) { Array($0) }
    try self.init(bytes, place: file)
  }

  /// - Parameter place: the file's name, for messages.
  package init(_ bytes: [UInt8], place: String) throws(QuillError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw QuillError(
        .badData, at: place, "the text is not UTF-8", remedy: "Save the table as CSV in UTF-8.")
    }
    var scanner = CSVScanner(bytes, place: place)
    var lines = try scanner.records()
    guard !lines.isEmpty else {
      throw QuillError(
        .badData, at: place, "the table is empty",
        remedy: "The first line names the columns, such as params,tokens,flops,loss.")
    }
    let header = lines.removeFirst()
    for (index, name) in header.fields.enumerated() {
      similarPositions[name.lowercased(), default: []].append(index)
      guard positions.updateValue(index, forKey: name) != nil else { continue }
      throw QuillError(
        .badData, at: "\(place), line \(header.line)", "the column '\(name)' occurs twice",
        remedy: "Rename one of them.")
    }
    for record in lines where record.fields.count != header.fields.count {
      throw QuillError(
        .badData, at: "\(place), line \(record.line)",
        "expected \(header.fields.count) fields, found \(record.fields.count)",
        remedy: "Every row needs one field per column of the header.")
    }
    self.place = place
    columns = header.fields
    records = lines
  }

  /// The position of a column by its exact name, or regardless of case where only one fits.
  package func index(of name: String) -> Int? {
    if let exact = positions[name] { return exact }
    let similar = similarPositions[name.lowercased()] ?? []
    return similar.count == 1 ? similar[0] : nil
  }

  /// The number in a field.
  ///
  /// - Throws: `.badData` naming file, line and column where it is not a finite number.
  package func number(_ record: Record, _ column: Int) throws(QuillError) -> Double {
    let text = record.fields[column]
    guard let value = Double(text), value.isFinite else {
      throw error(record, column, text.isEmpty ? "the field is empty" : "'\(text)' is not a finite number")
    }
    return value
  }

  /// The number in a field that must be above zero.
  package func positive(_ record: Record, _ column: Int) throws(QuillError) -> Double {
    let value = try number(record, column)
    guard value > 0 else {
      throw error(record, column, "expected a number above 0, found \(record.fields[column])")
    }
    return value
  }

  private func error(_ record: Record, _ column: Int, _ problem: String) -> QuillError {
    QuillError(
      .badData, at: "\(place), line \(record.line), column \(columns[column])", problem,
      remedy: "Mend the value, delete the row, or add a column 'used' with 0 in this row.")
  }
}

/// Splits bytes into records.
private struct CSVScanner {
  private let bytes: [UInt8]
  private let place: String
  private let separator: UInt8
  private var position = 0
  private var line = 1

  init(_ bytes: [UInt8], place: String) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    self.place = place
    let header = self.bytes.split(separator: UInt8(ascii: "\n")).first { $0.first != UInt8(ascii: "#") } ?? []
    let candidates = [",", ";", "\t"].map { UInt8(ascii: Unicode.Scalar($0)!) }
    separator = candidates.max { left, right in
      header.count { $0 == left } < header.count { $0 == right }
    }!
  }

  mutating func records() throws(QuillError) -> [CSVTable.Record] {
    var result: [CSVTable.Record] = []
    while position < bytes.count {
      let start = line
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        endLine()
        continue
      }
      let fields = try record()
      if fields != [""] { result.append(CSVTable.Record(line: start, fields: fields)) }
    }
    return result
  }

  private mutating func endLine() {
    if position < bytes.count { position += 1 }
    line += 1
  }

  private mutating func record() throws(QuillError) -> [String] {
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
    }
    endLine()
    return fields
  }

  /// Leaves the position on the separator, the line break or the end.
  private mutating func field() throws(QuillError) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, bytes[position] != separator, bytes[position] != UInt8(ascii: "\n") {
        position += 1
      }
      return Self.trimmed(bytes[start..<position])
    }
    let opening = line
    var text: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else {
          while position < bytes.count, bytes[position] != separator, bytes[position] != UInt8(ascii: "\n") {
            position += 1
          }
          return String(decoding: text, as: UTF8.self)
        }
        position += 1
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      text.append(byte)
    }
    throw QuillError(
      .badData, at: "\(place), line \(opening)", "a quoted field has no closing quote",
      remedy: "Close it, or double the quotes inside it.")
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var slice = bytes
    while let first = slice.first, isSpace(first) { slice.removeFirst() }
    while let last = slice.last, isSpace(last) { slice.removeLast() }
    return String(decoding: slice, as: UTF8.self)
  }
}
