UPDATE payments SET amount_minor = NULL WHERE amount_minor IS NOT NULL;
