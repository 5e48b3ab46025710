// Delivery reports and incoming messages of the SMS gateway: GET with the names that we ask to configure, or
// POST with up to 20 reports. https://docs.gupshup.io/docs/real-time-delivery-reports
#ifndef DAKIYA_GUPSHUP_SMS_REPORTS_HPP
#define DAKIYA_GUPSHUP_SMS_REPORTS_HPP

#include <string>
#include <vector>

#include "account.hpp"

namespace gupshup {

bool is_sms(const dakiya::Inbound& in);

// Throws JsonError when the reports cannot be read.
std::vector<dakiya::Event> read_sms(const dakiya::Inbound& in);

}  // namespace gupshup

#endif
