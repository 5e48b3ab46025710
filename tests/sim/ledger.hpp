// Every recipient that a provider accepted, one compact entry each, kept in memory for the whole run.
// About 64 bytes and the words of the message per entry: two million take some hundreds of megabytes.
#pragma once

#include "config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim {

enum class Status : std::uint8_t { accepted, sent, delivered, read, failed };
const char* name_of(Status status);
constexpr std::uint8_t bit(Status status) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(status));
}

// What happens to a message, in milliseconds after it was accepted. 0 = never.
struct Timeline {
    std::uint32_t sent = 0;
    std::uint32_t delivered = 0;
    std::uint32_t read = 0;
    std::uint32_t failed = 0;
    std::int32_t code = 0;  // why it failed

    std::uint32_t at(Status status) const;
    Status last() const;                       // where it ends
    Status after(std::int64_t elapsed) const;  // where it is that many milliseconds after acceptance
};

struct Message {
    Provider provider = Provider::meta;
    std::uint64_t to = 0;  // digits of the number
    bool whatsapp = false;
    std::string_view kind;  // text, template, image, otp, …
    std::string_view template_name;
    std::string_view ref;  // biz_opaque_callback_data, m= of StatusCallback, CRQID
    std::string_view text;
    std::string_view params;    // JSON
    std::string_view callback;  // URL of this message's own webhooks
    std::string_view sender;
    int fails_with = 0;  // accepted, and certain to fail later with this code
};

struct Entry {
    std::int64_t at = 0;  // milliseconds since 1970
    std::int64_t arrived_us =
        0;  // the same moment on CLOCK_MONOTONIC, which all processes of a machine share
    std::uint64_t to = 0;
    std::uint64_t words = 0;  // where ref, text, params and callback are
    Timeline timeline;
    std::uint32_t batch = 0;  // of the request, 0 for requests with one recipient
    std::uint16_t kind = 0, template_name = 0, sender = 0, label = 0;
    Provider provider = Provider::meta;
    bool whatsapp = false;
    bool cut = false;               // the caller got no answer
    std::uint8_t acknowledged = 0;  // bits of the statuses whose webhook was answered with 2xx
};

class Ledger {
public:
    explicit Ledger(std::uint64_t seed) : seed_(seed) { reset(seed); }

    // Forgets everything. Ids that were given out before are not given out again.
    void reset(std::uint64_t seed);

    // Entries that follow belong to this campaign: without a ref, a number may come once per label.
    void set_label(std::string_view label) { label_ = intern(label); }

    std::uint32_t next_batch();  // the entries of a batch must be added one after the other
    std::size_t add(const Message& message, const Timeline& timeline, std::int64_t at, bool cut,
                    std::uint32_t batch = 0);
    void refused(Provider provider, int code) { ++refused_[{provider, code}]; }
    void uploaded(Provider provider) { ++uploads_[provider]; }

    std::size_t size() const { return entries_.size(); }
    const Entry& operator[](std::size_t n) const { return entries_[n]; }
    void acknowledge(std::size_t n, Status status) { entries_[n].acknowledged |= bit(status); }

    std::string_view ref(const Entry& entry) const { return word(entry, 0); }
    std::string_view text(const Entry& entry) const { return word(entry, 1); }
    std::string_view params(const Entry& entry) const { return word(entry, 2); }
    std::string_view callback(const Entry& entry) const { return word(entry, 3); }
    std::string_view name(std::uint16_t interned) const { return names_[interned]; }

    // 32 hex digits that hold the number of an entry (or of a batch, or of anything that is counted).
    std::string token(std::uint64_t number) const;
    std::optional<std::uint64_t> number_of(std::string_view token) const;
    // The first entry of a batch.
    std::optional<std::size_t> first_of_batch(std::uint64_t batch) const;

    // Entries for this number, oldest first.
    std::vector<std::size_t> find_to(Provider provider, std::uint64_t to);

    // The provider's own id of the message; a request id of MSG91 is the same for a whole batch.
    std::string id(std::size_t n) const;

    // JSON lines for the entries from number `first` on, at most `limit`.
    std::string lines(std::optional<Provider> provider, std::size_t first, std::size_t limit) const;
    std::string status_lines(std::optional<Provider> provider, std::size_t first, std::size_t limit) const;
    // "arrived_us ref" a line, for benchmarks that ask for a million of them.
    std::string time_lines(std::optional<Provider> provider, std::size_t first, std::size_t limit) const;
    dakiya::Json summary() const;

private:
    // visit: is given the numbers of at most `limit` entries from `first` on.
    template <class Visit>
    void each(std::optional<Provider> provider, std::size_t first, std::size_t limit, Visit visit) const;
    std::uint16_t intern(std::string_view name);
    std::string_view word(const Entry& entry, int which) const;
    std::uint64_t identity(const Entry& entry) const;

    std::uint64_t seed_;
    std::uint64_t run_ = 0;
    std::uint16_t label_ = 0;
    std::deque<Entry> entries_;
    std::deque<std::string> words_;  // blocks of [4 sizes][4 texts]
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint16_t> interned_;
    std::vector<std::pair<std::uint64_t, std::size_t>> by_number_;  // sorted, of the entries that are indexed
    std::vector<std::size_t> batches_;                              // first entry of batch i + 1
    std::map<std::pair<Provider, int>, std::uint64_t> refused_;
    std::map<Provider, std::uint64_t> uploads_;
};

}  // namespace sim
