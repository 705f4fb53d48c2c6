// A corner patch that is white in one phase and black in the other, so that a sensor on the glass can check what the browser's
// clock cannot know: when light changed.

const SIDE = 48;

export class PhotodiodePatch {
  draw(context, bright) {
    const side = Math.round(SIDE * window.devicePixelRatio);
    context.fillStyle = bright ? "#ffffff" : "#000000";
    context.fillRect(0, context.canvas.height - side, side, side);
  }
}
