-- Version 2 counts in the smallest unit of the currency; until contract it keeps filling `amount` for version 1.
ALTER TABLE payments ADD COLUMN amount_minor bigint;
