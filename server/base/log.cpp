#include "base/log.hpp"

#include <memory>
#include <mutex>

#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace dakiya::log {

namespace {

using Scrub = std::function<std::string(std::string_view)>;

// Shared by the formatters of all sinks; set once at start-up, before the first secret is opened.
struct Scrubber {
    std::mutex mutex;
    Scrub scrub;

    std::string operator()(std::string_view text) {
        const std::lock_guard lock(mutex);
        return scrub ? scrub(text) : std::string(text);
    }
};

Scrubber& scrubber() {
    static Scrubber instance;
    return instance;
}

void append_json_string(std::string_view text, spdlog::memory_buf_t& out) {
    out.push_back('"');
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (u < 0x20) {
            constexpr std::string_view hex = "0123456789abcdef";
            for (const char e : {'\\', 'u', '0', '0', hex[u >> 4U], hex[u & 15U]}) out.push_back(e);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

class Formatter final : public spdlog::formatter {
public:
    explicit Formatter(bool json)
        : json_(json),
          head_(std::make_unique<spdlog::pattern_formatter>(
              json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","thread":%t,"text":)"
                   : "%Y-%m-%d %H:%M:%S.%e %-7l ",
              spdlog::pattern_time_type::local, "")) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        head_->format(message, out);
        const std::string text = scrubber()(std::string_view(message.payload.data(), message.payload.size()));
        if (json_) {
            append_json_string(text, out);
            out.push_back('}');
        } else {
            out.append(text.data(), text.data() + text.size());
        }
        out.push_back('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Formatter>(json_); }

private:
    bool json_;
    std::unique_ptr<spdlog::pattern_formatter> head_;
};

}  // namespace

void start(const Options& options) {
    spdlog::sink_ptr sink;
    if (options.file.empty())
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    sink->set_formatter(std::make_unique<Formatter>(options.json));
    auto logger = std::make_shared<spdlog::logger>("dakiya", std::move(sink));
    logger->set_level(spdlog::level::from_str(options.level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void set_scrubber(Scrub scrub) {
    const std::lock_guard lock(scrubber().mutex);
    scrubber().scrub = std::move(scrub);
}

}  // namespace dakiya::log
