// CSV as a stream: RFC 4180, and what spreadsheets really write. Memory is one record, whatever the file.
//
//   delimiter   comma, semicolon or tab: the one that the first line has most of, or what a first line
//               "sep=;" says (Excel)
//   lines       CRLF, LF or CR; a field in quotes may hold all of them
//   a BOM       is dropped; UTF-16 is refused with what to do
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace dakiya::audience {

struct CsvLimits {
    std::size_t record = 64U << 10U;  // bytes
    std::size_t columns = 200;
};

struct CsvRecord {
    std::int64_t line = 0;  // of the file, from 1: where the record begins
    std::vector<std::string> fields;
    std::string raw;    // as it stands in the file, without the line end
    std::string fault;  // why the fields cannot be used: a sentence; empty when they can
};

class CsvReader {
public:
    // The stream must outlive the reader and is read in binary.
    CsvReader(std::istream& in, CsvLimits limits);

    // The next record that is not an empty line; nothing at the end of the file. An Error is about the
    // file as a whole (a quote that is never closed, UTF-16): nothing after it can be read.
    Result<std::optional<CsvRecord>> next();

    char delimiter() const { return delimiter_; }

private:
    Result<void> begin();
    Result<bool> read_record(std::string& record);
    int get();

    std::istream& in_;
    const CsvLimits limits_;
    bool begun_ = false;
    char delimiter_ = ',';
    std::int64_t line_ = 1;
};

// The fields of one record, which may span lines. A sentence when its quotes are broken.
Result<std::vector<std::string>> split_csv(std::string_view record, char delimiter);

}  // namespace dakiya::audience
