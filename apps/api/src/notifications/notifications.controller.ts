import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ChannelsService } from './channels.service.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { previewMessage } from './preview-message.ts';

@Controller()
export class NotificationsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Operation(operations.listChannels)
  listChannels() {
    return this.channels.list();
  }

  @Operation(operations.createChannel)
  createChannel(@Call() call: Called<typeof operations.createChannel>) {
    return this.channels.create(call);
  }

  @Operation(operations.getChannel)
  getChannel(@Call() call: Called<typeof operations.getChannel>) {
    return this.channels.get(call);
  }

  @Operation(operations.updateChannel)
  updateChannel(@Call() call: Called<typeof operations.updateChannel>) {
    return this.channels.update(call);
  }

  @Operation(operations.deleteChannel)
  deleteChannel(@Call() call: Called<typeof operations.deleteChannel>) {
    return this.channels.delete(call);
  }

  @Operation(operations.testChannel)
  testChannel(@Call() call: Called<typeof operations.testChannel>) {
    return this.channels.test(call);
  }

  @Operation(operations.listDeliveries)
  listDeliveries(@Call() call: Called<typeof operations.listDeliveries>) {
    return this.deliveries.list(call);
  }

  @Operation(operations.resendDelivery)
  resendDelivery(@Call() call: Called<typeof operations.resendDelivery>) {
    return this.deliveries.resend(call);
  }

  @Operation(operations.resendDeadLetters)
  resendDeadLetters(@Call() call: Called<typeof operations.resendDeadLetters>) {
    return this.deliveries.resendAll(call);
  }

  @Operation(operations.previewMessage)
  previewMessage(@Call() { input }: Called<typeof operations.previewMessage>) {
    return previewMessage(input.body);
  }
}
