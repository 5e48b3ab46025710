#include "audience/import.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <spdlog/spdlog.h>

#include "audience/mapping.hpp"
#include "audience/row.hpp"
#include "base/text.hpp"
#include "store/contacts.hpp"
#include "store/tenants.hpp"

namespace dakiya::audience {

namespace {

constexpr Millis look_again{10'000};  // without a bell: another server may have left work behind
// A file that is not here may be on the server that took it; after this long nobody has it.
constexpr std::int64_t file_patience_ms = 3'600'000;

// Another server goes on with the same import.
class Overtaken : public std::runtime_error {
public:
    Overtaken() : std::runtime_error("another server goes on with this import") {}
};

// What one transaction writes.
struct Page {
    std::vector<store::Contact> contacts;
    std::vector<CsvRecord> records;  // of the contacts
    std::vector<store::ImportError> errors;
    std::int64_t next_row = 0;

    std::size_t size() const { return contacts.size() + errors.size(); }
    void add(std::variant<store::Contact, store::ImportError> outcome, CsvRecord record) {
        if (auto* contact = std::get_if<store::Contact>(&outcome)) {
            contacts.push_back(std::move(*contact));
            records.push_back(std::move(record));
        } else {
            errors.push_back(std::get<store::ImportError>(std::move(outcome)));
        }
    }
    void clear() {
        contacts.clear();
        records.clear();
        errors.clear();
    }
};

// The first line. The Error is why nothing of the file can be used.
Result<Columns> read_header(CsvReader& reader, const Mapping& mapping) {
    const auto header = reader.next();
    if (!header) return header.error();
    if (!*header) return invalid("", "the file is empty");
    if (!(*header)->fault.empty()) return invalid("", "line 1: " + (*header)->fault);
    if (!valid_utf8((*header)->raw)) return invalid("", "the file is not UTF-8; save it as \"CSV UTF-8\"");
    return find_columns(mapping, (*header)->fields);
}

void write_page(store::Session& session, const Page& page, store::Import& row, const store::Import& before,
                std::int64_t now_ms) {
    const store::Scope scope{before.tenant};
    row = before;
    const store::Upserted done = store::contacts::upsert(session, scope, page.contacts, now_ms);
    std::vector<store::ImportError> errors = page.errors;
    for (const std::size_t taken : done.email_taken)
        errors.push_back(
            row_error(page.records[taken], "email", reason::email_taken,
                      "another contact has this e-mail address; the rest of the line was imported"));
    store::imports::append_errors(session, scope, row.id, errors);
    row.state = "running";
    row.next_row = page.next_row;
    row.n_created += done.created;
    row.n_updated += done.updated;
    row.n_failed += static_cast<std::int64_t>(page.errors.size());
    if (!store::imports::progress(session, row, before.next_row)) throw Overtaken();
}

// Two servers that add the same person at once make one of them try again.
void commit_page(store::Writer& writer, const Page& page, store::Import& row, std::int64_t now_ms) {
    const store::Import before = row;
    for (int attempt = 0;; ++attempt) {
        try {
            writer.run([&](store::Session& session) { write_page(session, page, row, before, now_ms); });
            return;
        } catch (const store::DbError& error) {
            row = before;
            if (error.kind() != store::DbError::Kind::duplicate || attempt == 3) throw;
        }
    }
}

}  // namespace

Imports::Imports(store::Database& database, store::Writer& writer, const Clock& clock, Options options)
    : database_(database),
      writer_(writer),
      clock_(clock),
      options_(options),
      rounds_("imports", bell_, look_again, [this] {
          run_all();
          return false;
      }) {}

void Imports::run_all() {
    Id after = 0;
    while (!rounds_.stopping()) {
        const auto row = database_.read(
            [&](store::Session& session) { return store::imports::next_unfinished(session, after); });
        if (!row) return;
        after = row->id;
        try {
            run(*row);
        } catch (const Overtaken& overtaken) {
            spdlog::info("import {}: {}", format_id(prefix::import, row->id), overtaken.what());
        }
    }
}

void Imports::run(const store::Import& unfinished) {
    store::Import row = unfinished;
    std::ifstream file(row.file, std::ios::binary);
    if (!file) {
        if (clock_.now_ms() - row.created_at > file_patience_ms)
            fail(row, "the uploaded file is not on the server any more; upload it again");
        return;
    }
    const auto tenant =
        database_.read([&](store::Session& session) { return store::tenants::find(session, row.tenant); });
    if (!tenant) return fail(row, "the tenant of this import is gone");
    const auto mapping = parse_mapping(Json::parse(row.mapping));
    if (!mapping) return fail(row, mapping.error().text);

    CsvReader reader(file, options_.csv);
    const auto columns = read_header(reader, *mapping);
    if (!columns) return fail(row, columns.error().text);

    // Rows before next_row are read too: they say who is a duplicate.
    SeenPeople seen;
    Page page;
    for (std::int64_t index = 0; !rounds_.stopping(); ++index) {
        auto record = reader.next();
        const bool more = record && *record && index < options_.most_rows;
        if (more) {
            auto outcome = contact_of(**record, *columns, mapping->tags, tenant->country);
            if (auto* contact = std::get_if<store::Contact>(&outcome); contact && !seen.insert(*contact))
                outcome =
                    row_error(**record, contact->phone.empty() ? "email" : "phone", reason::duplicate_in_file,
                              "an earlier line of the file has the same person");
            if (index < row.next_row) continue;
            page.add(std::move(outcome), std::move(**record));
            page.next_row = index + 1;
        }
        if (page.size() > 0 && (!more || page.size() >= options_.page)) {
            commit_page(writer_, page, row, clock_.now_ms());
            page.clear();
        }
        if (more) continue;
        if (!record) return fail(row, record.error().text);
        if (*record)
            return fail(row, "the file has more than " + std::to_string(options_.most_rows) +
                                 " lines; the lines before were imported, upload the rest as another file");
        row.state = "done";
        const std::int64_t now = clock_.now_ms();
        writer_.run([&](store::Session& session) { store::imports::finish(session, row, now); });
        std::filesystem::remove(row.file);
        return;
    }
}

void Imports::fail(store::Import row, const std::string& text) {
    row.state = "failed";
    row.error = std::string(utf8_prefix(text, 500));
    const std::int64_t now = clock_.now_ms();
    writer_.run([&](store::Session& session) { store::imports::finish(session, row, now); });
    std::error_code ignored;  // it may not exist, which is why we fail
    std::filesystem::remove(row.file, ignored);
}

}  // namespace dakiya::audience
