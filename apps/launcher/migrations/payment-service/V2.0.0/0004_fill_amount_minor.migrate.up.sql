UPDATE payments SET amount_minor = (amount * 100)::bigint WHERE amount_minor IS NULL;
