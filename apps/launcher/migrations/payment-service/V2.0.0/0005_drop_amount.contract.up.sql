-- grey: irreversible the column and its values are gone; a backup has them
ALTER TABLE payments DROP COLUMN amount;
