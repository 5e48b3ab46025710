#include "ledger.hpp"

#include "fate.hpp"
#include "role.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::size_t block_size = 4 * 1024 * 1024;
constexpr int word_count = 4;

std::int64_t monotonic_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

void append_hex(std::string& out, std::uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 15];
}

std::uint64_t hex_value(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits)
        value = value * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    return value;
}

}  // namespace

const char* name_of(Status status) {
    static constexpr const char* names[] = {"accepted", "sent", "delivered", "read", "failed"};
    return names[static_cast<std::size_t>(status)];
}

std::uint32_t Timeline::at(Status status) const {
    switch (status) {
        case Status::sent:
            return sent;
        case Status::delivered:
            return delivered;
        case Status::read:
            return read;
        case Status::failed:
            return failed;
        case Status::accepted:
            break;
    }
    return 0;
}

Status Timeline::last() const {
    if (failed) return Status::failed;
    if (read) return Status::read;
    if (delivered) return Status::delivered;
    return sent ? Status::sent : Status::accepted;
}

Status Timeline::after(std::int64_t elapsed) const {
    for (const Status status : {Status::failed, Status::read, Status::delivered, Status::sent})
        if (at(status) && at(status) <= elapsed) return status;
    return Status::accepted;
}

void Ledger::reset(std::uint64_t seed) {
    seed_ = seed;
    ++run_;
    entries_.clear();
    words_.clear();
    names_.clear();
    interned_.clear();
    by_number_.clear();
    batches_.clear();
    refused_.clear();
    uploads_.clear();
    label_ = intern("");
}

std::uint16_t Ledger::intern(std::string_view name) {
    const auto [found, added] =
        interned_.try_emplace(std::string(name), static_cast<std::uint16_t>(names_.size()));
    if (added) {
        if (names_.size() > UINT16_MAX)
            throw std::runtime_error("the ledger holds 65536 different names at most");
        names_.emplace_back(name);
    }
    return found->second;
}

std::uint32_t Ledger::next_batch() {
    batches_.push_back(entries_.size());
    return static_cast<std::uint32_t>(batches_.size());
}

std::size_t Ledger::add(const Message& message, const Timeline& timeline, std::int64_t at, bool cut,
                        std::uint32_t batch) {
    const std::string_view texts[word_count] = {message.ref, message.text, message.params, message.callback};
    std::uint32_t sizes[word_count];
    std::size_t total = sizeof sizes;
    for (int i = 0; i < word_count; ++i) {
        sizes[i] = static_cast<std::uint32_t>(texts[i].size());
        total += texts[i].size();
    }
    if (words_.empty() || words_.back().capacity() - words_.back().size() < total)
        words_.emplace_back().reserve(std::max(block_size, total));
    std::string& block = words_.back();

    Entry entry;
    entry.at = at;
    entry.arrived_us = monotonic_us();
    entry.to = message.to;
    entry.words = (static_cast<std::uint64_t>(words_.size() - 1) << 32U) | block.size();
    entry.timeline = timeline;
    entry.batch = batch;
    entry.kind = intern(message.kind);
    entry.template_name = intern(message.template_name);
    entry.sender = intern(message.sender);
    entry.label = label_;
    entry.provider = message.provider;
    entry.whatsapp = message.whatsapp;
    entry.cut = cut;
    block.append(reinterpret_cast<const char*>(sizes), sizeof sizes);
    for (const std::string_view text : texts) block.append(text);
    entries_.push_back(entry);
    return entries_.size() - 1;
}

std::string_view Ledger::word(const Entry& entry, int which) const {
    const std::string& block = words_[entry.words >> 32U];
    std::size_t at = entry.words & UINT32_MAX;
    std::uint32_t sizes[word_count];
    std::memcpy(sizes, block.data() + at, sizeof sizes);
    at += sizeof sizes;
    for (int i = 0; i < which; ++i) at += sizes[i];
    return std::string_view(block).substr(at, sizes[which]);
}

std::string Ledger::token(std::uint64_t number) const {
    std::string out;
    out.reserve(32);
    append_hex(out, mix(seed_, run_, number));
    append_hex(out, number);
    return out;
}

std::optional<std::uint64_t> Ledger::number_of(std::string_view token) const {
    if (!is_hex(token, 32)) return {};
    const std::uint64_t number = hex_value(token.substr(16));
    if (hex_value(token.substr(0, 16)) != mix(seed_, run_, number)) return {};
    return number;
}

std::optional<std::size_t> Ledger::first_of_batch(std::uint64_t batch) const {
    if (batch == 0 || batch > batches_.size()) return {};
    return batches_[batch - 1];
}

// The index is extended only when a look-up finds that many new entries: sends do not pay for it.
std::vector<std::size_t> Ledger::find_to(Provider provider, std::uint64_t to) {
    constexpr std::size_t unindexed_at_most = 20'000;
    if (entries_.size() - by_number_.size() > unindexed_at_most) {
        const auto old = static_cast<std::ptrdiff_t>(by_number_.size());
        for (std::size_t n = by_number_.size(); n < entries_.size(); ++n)
            by_number_.emplace_back(entries_[n].to, n);
        std::sort(by_number_.begin() + old, by_number_.end());
        std::inplace_merge(by_number_.begin(), by_number_.begin() + old, by_number_.end());
    }
    std::vector<std::size_t> found;
    for (auto it = std::lower_bound(by_number_.begin(), by_number_.end(),
                                    std::pair<std::uint64_t, std::size_t>(to, 0));
         it != by_number_.end() && it->first == to; ++it)
        if (entries_[it->second].provider == provider) found.push_back(it->second);
    for (std::size_t n = by_number_.size(); n < entries_.size(); ++n)
        if (entries_[n].to == to && entries_[n].provider == provider) found.push_back(n);
    return found;
}

std::string Ledger::id(std::size_t n) const { return role(entries_[n].provider).id(*this, n); }

template <class Visit>
void Ledger::each(std::optional<Provider> provider, std::size_t first, std::size_t limit, Visit visit) const {
    for (std::size_t n = first; n < entries_.size() && limit > 0; ++n) {
        if (provider && entries_[n].provider != *provider) continue;
        --limit;
        visit(n, entries_[n]);
    }
}

std::string Ledger::lines(std::optional<Provider> provider, std::size_t first, std::size_t limit) const {
    std::string out;
    each(provider, first, limit, [&](std::size_t n, const Entry& entry) {
        Json line{{"n", n},
                  {"provider", name_of(entry.provider)},
                  {"at", entry.at},
                  {"to", role(entry.provider).address(entry)},
                  {"id", id(n)},
                  {"ref", ref(entry)},
                  {"kind", name(entry.kind)},
                  {"template", name(entry.template_name)},
                  {"text", text(entry)},
                  {"params", params(entry)},
                  {"sender", name(entry.sender)},
                  {"label", name(entry.label)},
                  {"batch", entry.batch},
                  {"cut", entry.cut}};
        out += line.dump();
        out += '\n';
    });
    return out;
}

std::string Ledger::status_lines(std::optional<Provider> provider, std::size_t first,
                                 std::size_t limit) const {
    std::string out;
    each(provider, first, limit, [&](std::size_t n, const Entry& entry) {
        Json acknowledged = Json::array();
        bool all = true;
        for (const Status status : {Status::sent, Status::delivered, Status::read, Status::failed}) {
            if (entry.acknowledged & bit(status))
                acknowledged.push_back(name_of(status));
            else if (entry.timeline.at(status))
                all = false;
        }
        Json line{{"n", n},
                  {"provider", name_of(entry.provider)},
                  {"id", id(n)},
                  {"to", role(entry.provider).address(entry)},
                  {"ref", ref(entry)},
                  {"final", name_of(entry.timeline.last())},
                  {"code", entry.timeline.code},
                  {"acknowledged", std::move(acknowledged)},
                  {"all_acknowledged", all}};
        out += line.dump();
        out += '\n';
    });
    return out;
}

std::string Ledger::time_lines(std::optional<Provider> provider, std::size_t first, std::size_t limit) const {
    std::string out;
    each(provider, first, limit, [&](std::size_t, const Entry& entry) {
        out += std::to_string(entry.arrived_us);
        out += ' ';
        out += ref(entry);
        out += '\n';
    });
    return out;
}

// Two entries of one identity are one message that was sent twice. A reference of a whole request counts
// together with the number.
std::uint64_t Ledger::identity(const Entry& entry) const {
    const std::string_view reference = ref(entry);
    const auto provider = static_cast<std::uint64_t>(entry.provider) + 1;
    if (reference.empty()) return mix(provider, entry.to, entry.label);
    const std::uint64_t words = hash(reference);
    return mix(provider << 8U, words, role(entry.provider).ref_of_call ? entry.to : 0);
}

Json Ledger::summary() const {
    std::array<std::uint64_t, provider_count> accepted{}, cut{};
    std::array<std::array<std::uint64_t, 5>, provider_count> finals{};
    std::array<std::vector<std::uint64_t>, provider_count> identities, refs;
    for (const Entry& entry : entries_) {
        const auto p = static_cast<std::size_t>(entry.provider);
        ++accepted[p];
        cut[p] += entry.cut;
        ++finals[p][static_cast<std::size_t>(entry.timeline.last())];
        identities[p].push_back(identity(entry));
        if (!ref(entry).empty()) refs[p].push_back(hash(ref(entry)));
    }
    Json out = Json::object();
    for (const Provider provider : played()) {
        const std::size_t p = index_of(provider);
        const auto distinct = [](std::vector<std::uint64_t>& values) {
            std::sort(values.begin(), values.end());
            return static_cast<std::uint64_t>(std::unique(values.begin(), values.end()) - values.begin());
        };
        Json refused = Json::object();
        for (const auto& [key, count] : refused_)
            if (static_cast<std::size_t>(key.first) == p) refused.set(std::to_string(key.second), count);
        Json final_statuses = Json::object();
        for (std::size_t s = 0; s < finals[p].size(); ++s)
            if (finals[p][s]) final_statuses.set(name_of(static_cast<Status>(s)), finals[p][s]);
        out.set(name_of(provider), Json{{"accepted", accepted[p]},
                                        {"cut", cut[p]},
                                        {"with_ref", refs[p].size()},
                                        {"distinct_refs", distinct(refs[p])},
                                        {"duplicates", accepted[p] - distinct(identities[p])},
                                        {"final", std::move(final_statuses)},
                                        {"uploads", uploads_.count(provider) ? uploads_.at(provider) : 0},
                                        {"refused", std::move(refused)}});
    }
    return out;
}

}  // namespace sim
