jQuery(($) => {
  $("#letterbox").on("submit", (event) => {
    event.preventDefault();
    const body = new FormData(event.target);
    body.append("action", "letterbox");
    body.append("nonce", letterbox.nonce);
    $.ajax({ url: letterbox.url, method: "POST", data: body, processData: false, contentType: false })
      .always((answer, status, failed) => $("#letterbox output").text((answer.data ?? answer.responseJSON?.data ?? { text: status }).text));
  });
});
