-- queue.marked: 0 waits, 1 may have been sent, 2 waits for its paused campaign.
CREATE INDEX queue_parked ON queue (campaign_id, marked);
