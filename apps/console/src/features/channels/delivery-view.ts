import { DeliveryStatus } from '../../api/generated/model/index.ts';

/** Which deliveries, as it stands in the URL; left out: all. */
export interface DeliveryView {
  status?: DeliveryStatus;
}

export function readDeliveryView(search: Record<string, unknown>): DeliveryView {
  const status = Object.values(DeliveryStatus).find((one) => one === search['status']);
  return status === undefined ? {} : { status };
}
