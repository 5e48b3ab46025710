#include "audience/csv.hpp"

#include <algorithm>
#include <array>

namespace dakiya::audience {

namespace {

constexpr int end_of_file = std::istream::traits_type::eof();

char most_frequent_delimiter(std::string_view line) {
    char best = ',';
    std::ptrdiff_t most = 0;
    std::string outside;  // of quotes
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (!quoted) outside += c;
    }
    for (const char candidate : {',', ';', '\t'}) {
        const std::ptrdiff_t count = std::count(outside.begin(), outside.end(), candidate);
        if (count > most) {
            most = count;
            best = candidate;
        }
    }
    return best;
}

Error broken_quote(std::int64_t line) {
    return invalid("",
                   "line " + std::to_string(line) +
                       ": a quote (\") is opened and never closed; close it, or write two for one in a text");
}

bool blank(std::string_view record) { return record.find_first_not_of(" \t") == std::string_view::npos; }

}  // namespace

Result<std::vector<std::string>> split_csv(std::string_view record, char delimiter) {
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < record.size();) {
        std::string& field = fields.back();
        if (record[i] == '"' && field.empty()) {
            for (++i;; ++i) {
                if (i == record.size()) return invalid("", "a quote (\") is opened and never closed");
                if (record[i] != '"') {
                    field += record[i];
                } else if (i + 1 < record.size() && record[i + 1] == '"') {
                    field += record[i++];
                } else {
                    ++i;
                    break;
                }
            }
            if (i < record.size() && record[i] != delimiter)
                return invalid("", "text follows a closing quote (\"); write two quotes for one in a text");
        } else if (record[i] != delimiter) {
            field += record[i++];
            continue;
        }
        if (i < record.size()) {  // at a delimiter
            ++i;
            fields.emplace_back();
        }
    }
    return fields;
}

CsvReader::CsvReader(std::istream& in, CsvLimits limits) : in_(in), limits_(limits) {}

int CsvReader::get() { return in_.rdbuf()->sbumpc(); }

Result<void> CsvReader::begin() {
    begun_ = true;
    std::array<char, 4096> start{};
    in_.read(start.data(), start.size());
    const std::string_view bytes(start.data(), static_cast<std::size_t>(in_.gcount()));
    in_.clear();
    if (bytes.substr(0, 2) == "\xff\xfe" || bytes.substr(0, 2) == "\xfe\xff")
        return invalid("", "the file is UTF-16; save it as \"CSV UTF-8\" and upload it again");
    const std::size_t bom = bytes.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0;
    std::string_view line = bytes.substr(bom);
    line = line.substr(0, line.find_first_of("\r\n"));
    std::size_t skip = bom;
    if (line.size() == 5 && line.substr(0, 4) == "sep=") {
        delimiter_ = line[4];
        skip += line.size();
    } else {
        delimiter_ = most_frequent_delimiter(line);
    }
    in_.seekg(static_cast<std::streamoff>(skip));
    return {};
}

// False at the end of the file. Counts the lines that it passes.
Result<bool> CsvReader::read_record(std::string& record) {
    enum class Field { start, bare, quoted, closed } field = Field::start;
    const std::int64_t first = line_;
    record.clear();
    for (;;) {
        const int got = get();
        const bool quoted = field == Field::quoted;
        if (got == end_of_file) {
            if (quoted) return broken_quote(first);
            return !record.empty();
        }
        const char c = static_cast<char>(got);
        if (c == '\r' || c == '\n') {
            if (c == '\r' && in_.rdbuf()->sgetc() == '\n') get();
            ++line_;
            if (!quoted) return true;
            record += '\n';
        } else {
            record += c;
            if (c == '"' && field != Field::bare)
                field =
                    quoted ? Field::closed : Field::quoted;  // after closed: the second of two, it goes on
            else if (!quoted)
                field = c == delimiter_ ? Field::start : Field::bare;
        }
        if (record.size() > limits_.record) {
            if (quoted) return broken_quote(first);
            return Error{Code::too_large,
                         "line " + std::to_string(first) + " is longer than " +
                             std::to_string(limits_.record) + " bytes; is this a CSV file?",
                         ""};
        }
    }
}

Result<std::optional<CsvRecord>> CsvReader::next() {
    if (!begun_)
        if (auto started = begin(); !started) return started.error();
    for (;;) {
        CsvRecord record;
        record.line = line_;
        auto more = read_record(record.raw);
        if (!more) return more.error();
        if (blank(record.raw)) {
            if (!*more) return std::optional<CsvRecord>();
            continue;
        }
        auto fields = split_csv(record.raw, delimiter_);
        if (!fields)
            record.fault = fields.error().text;
        else if (fields->size() > limits_.columns)
            record.fault = "the line has more than " + std::to_string(limits_.columns) + " columns";
        else
            record.fields = *std::move(fields);
        return std::optional<CsvRecord>(std::move(record));
    }
}

}  // namespace dakiya::audience
