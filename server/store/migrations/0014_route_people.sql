-- Of a route: messages that another message of the same person outdoes, by step and state. What a step's
-- counters hold less these is how its people fare (store/route_people).
CREATE TABLE route_outdone (
    campaign_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, state)
);
