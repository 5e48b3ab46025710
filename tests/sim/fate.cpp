#include "fate.hpp"

#include "role.hpp"

#include <algorithm>

namespace sim {
namespace {

// What a draw is for, so that draws do not depend on each other.
enum Purpose : std::uint64_t { refusing = 1, cutting, dropping, failing, delivering, reading, pausing };

std::uint64_t splitmix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

bool ends_with(std::uint64_t number, const std::string& suffix) {
    return std::to_string(number).ends_with(suffix);
}

}  // namespace

std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return splitmix(splitmix(splitmix(a) ^ b) ^ c);
}

std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325ULL;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return splitmix(value);
}

bool chance(double percent, std::uint64_t draw) {
    return static_cast<double>(draw % 1'000'000) < percent * 10'000;
}

Verdict judge(const Config& config, Provider provider, std::uint64_t to, unsigned attempt) {
    for (const Rule& rule : config.rules) {
        if (rule.provider != provider || rule.in_status || !ends_with(to, rule.suffix)) continue;
        if (rule.times == 0 || attempt < static_cast<unsigned>(rule.times))
            return {Verdict::Kind::refuse, rule.code};
    }
    const auto draw = [&](Purpose purpose) {
        return mix(config.seed, to, purpose * 1000 + attempt * 10 + static_cast<std::uint64_t>(provider));
    };
    if (chance(config.refuse_percent, draw(refusing)))
        return {Verdict::Kind::refuse, role(provider).throttled};
    if (chance(config.drop_percent, draw(dropping))) return {Verdict::Kind::drop, 0};
    if (chance(config.cut_percent, draw(cutting))) return {Verdict::Kind::cut, 0};
    return {};
}

Timeline draw_timeline(const Config& config, Provider provider, bool whatsapp, std::uint64_t to,
                       std::size_t n) {
    const StatusConfig& statuses = config.statuses;
    const auto draw = [&](Purpose purpose) {
        return mix(config.seed, to, purpose * 1000 + static_cast<std::uint64_t>(provider));
    };
    const auto pause = [&](std::uint64_t step) {
        const auto width = static_cast<std::uint64_t>(statuses.delay_ms.max - statuses.delay_ms.min + 1);
        const std::uint64_t drawn = mix(config.seed, n, pausing * 1000 + step) % width;
        return std::max<std::uint32_t>(
            1, static_cast<std::uint32_t>(statuses.delay_ms.min) + static_cast<std::uint32_t>(drawn));
    };
    const auto* rule = std::find_if(
        config.rules.data(), config.rules.data() + config.rules.size(),
        [&](const Rule& r) { return r.provider == provider && r.in_status && ends_with(to, r.suffix); });
    const bool ruled = rule != config.rules.data() + config.rules.size();
    const std::uint32_t sent = pause(0);
    Timeline timeline;
    if (whatsapp || role(provider).tells_sms_sent) timeline.sent = sent;
    if (ruled || chance(statuses.failed_percent, draw(failing))) {
        timeline.failed = sent + pause(1);
        timeline.code = ruled ? rule->code : statuses.failed_code[index_of(provider)];
    } else if (chance(statuses.delivered_percent, draw(delivering))) {
        timeline.delivered = sent + pause(1);
        if (whatsapp && chance(statuses.read_percent, draw(reading)))
            timeline.read = timeline.delivered + pause(2);
    }
    return timeline;
}

}  // namespace sim
